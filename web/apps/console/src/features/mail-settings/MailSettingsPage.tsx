/** How the desk takes e-mail: its address, what vouches for senders, and how a mail server brings it. */
import { toProblem, type MailSettings, type MailSettingsView, type Problem, type Read } from '@itechsmart/api';
import { Alert, Button, Stack, TextField } from '@mui/material';
import { MailQuestionMark } from 'lucide-react';
import { useRef, useState } from 'react';
import { Link } from 'react-router';
import { UnsavedGuard } from '#shared/forms/UnsavedGuard';
import { useDraft } from '#shared/forms/useDraft';
import { sort } from '#shared/forms/useForm';
import { useCan } from '#shared/session/useMe';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { OptionGroup, type Option } from '#shared/ui/OptionGroup';
import { Page, Section } from '#shared/ui/Page';
import { SaveBar } from '#shared/ui/SaveBar';
import { State } from '#shared/ui/State';
import { useToast } from '#shared/ui/toast';
import { BringIn } from './BringIn';
import { useMailSettings, useMailSettingsChange } from './useMailSettings';

const ADDRESS_CHARS_MAX = 254;
const parent = { title: 'Queue', to: '/service-catalog/desk' };

type Vouching = 'results' | 'server';
type Strangers = MailSettings['unknown_senders'];

const vouching: readonly Option<Vouching>[] = [
  { value: 'results', title: 'Its results are looked at', about: 'DMARC, or DKIM or SPF of the sender’s domain, in the header Authentication-Results (RFC 8601) of this server alone.' },
  { value: 'server', title: 'It passes on only what is from whom it says it is', about: 'Nothing is looked for. Choose it only for a server that refuses everything else.' },
];
const strangers: readonly Option<Strangers>[] = [
  { value: 'hold', title: 'Hold them', about: 'An agent reads them, and says whose they are.' },
  { value: 'refuse', title: 'Refuse them', about: 'A record is left, and nothing else.' },
];

interface Draft {
  address: string;
  authserv_id: string;
  server_checks: boolean;
  unknown_senders: Strangers;
}

const toDraft = ({ settings }: MailSettingsView): Draft => ({
  address: settings?.address ?? '',
  authserv_id: settings?.authserv_id ?? '',
  server_checks: settings?.server_checks ?? false,
  unknown_senders: settings?.unknown_senders ?? 'hold',
});

const toSettings = ({ address, authserv_id, server_checks, unknown_senders }: Draft): MailSettings => ({
  address: address.trim(),
  authserv_id: authserv_id.trim() || null,
  server_checks,
  unknown_senders,
});

export default function MailSettingsPage() {
  return (
    <ObjectPage title="E-mail" parent={parent} object={useMailSettings()}>
      {(read) => <Content read={read} />}
    </ObjectPage>
  );
}

function Content({ read: { data, etag } }: { read: Read<MailSettingsView> }) {
  const { draft, set, dirty, outdated, discard, settle } = useDraft(toDraft(data));
  const save = useMailSettingsChange(etag);
  const [problem, setProblem] = useState<Problem | null>(null);
  const reads = useCan()('catalog.all-tickets.read');
  const leaving = useRef(false);
  const toast = useToast();
  const isOn = data.settings != null;
  const { shown, rest } = problem === null ? { shown: {} as Record<string, string>, rest: null } : sort(problem, ['address', 'authserv_id']);
  const change = (part: Partial<Draft>) => {
    setProblem(null);
    set({ ...draft, ...part });
  };
  const send = async () => {
    setProblem(null);
    try {
      settle(toDraft(await save.mutateAsync(toSettings(draft))));
      toast(isOn ? 'Saved.' : 'The desk takes e-mail from now on.');
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  return (
    <Page
      title="E-mail"
      about={isOn ? <State tone="success">The desk takes e-mail</State> : <State tone="neutral">The desk takes no e-mail yet</State>}
      actions={
        reads && (
          <Button variant="outlined" color="inherit" component={Link} to="/service-catalog/mail" startIcon={<MailQuestionMark size={15} aria-hidden />}>
            Held e-mail
          </Button>
        )
      }
    >
      <UnsavedGuard dirty={dirty} leaving={leaving} />
      <Section title="The desk">
        <Stack sx={{ gap: 2.5, maxWidth: 640 }}>
          <TextField
            label="Address"
            required
            type="email"
            autoComplete="off"
            placeholder="it@example.com"
            value={draft.address}
            error={shown.address !== undefined}
            helperText={shown.address ?? 'Where people write to, and where answers to the desk’s letters go. Letters about tickets go out once there is one.'}
            onChange={(event) => change({ address: event.target.value })}
            slotProps={{ htmlInput: { maxLength: ADDRESS_CHARS_MAX }, inputLabel: { shrink: true } }}
          />
          <OptionGroup label="Messages of those who are no active members" options={strangers} value={draft.unknown_senders} onChange={(unknown_senders) => change({ unknown_senders })} />
        </Stack>
      </Section>
      <Section title="Who wrote it" about="Anybody can write any address into a message. That it is them, the mail server has to say.">
        <Stack sx={{ gap: 2.5, maxWidth: 640 }}>
          <OptionGroup label="The mail server" options={vouching} value={draft.server_checks ? 'server' : 'results'} onChange={(value) => change({ server_checks: value === 'server' })} />
          {!draft.server_checks && (
            <TextField
              label="Its name in Authentication-Results"
              autoComplete="off"
              placeholder="mx.example.com"
              value={draft.authserv_id}
              error={shown.authserv_id !== undefined}
              helperText={shown.authserv_id ?? 'The server has to remove such headers of its own name from what comes in.'}
              onChange={(event) => change({ authserv_id: event.target.value })}
              slotProps={{ htmlInput: { maxLength: ADDRESS_CHARS_MAX, spellCheck: false }, inputLabel: { shrink: true } }}
            />
          )}
          {!draft.server_checks && draft.authserv_id.trim() === '' && <Alert severity="info">Without a name nothing vouches for anybody, and every message is held.</Alert>}
        </Stack>
      </Section>
      <BringIn />
      <SaveBar
        dirty={dirty}
        outdated={outdated}
        busy={save.isPending}
        problem={rest}
        disabled={draft.address.trim() === ''}
        onSave={() => void send()}
        onDiscard={() => {
          setProblem(null);
          discard();
        }}
      />
    </Page>
  );
}
