/** Opens a ticket: in plain words for everybody, on behalf of somebody for agents. */
import type { Impact, NamedUser, NewTicket, TicketKind, Urgency } from '@itechsmart/api';
import { Button, Link, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { useRef } from 'react';
import { Link as RouterLink, useNavigate } from 'react-router';
import { Suggestions } from '#shared/catalog/articles/Suggestions';
import { ticketKinds } from '#shared/catalog/tickets';
import { Attach, DropArea } from '#shared/catalog/files/Attach';
import { FILES_MAX } from '#shared/catalog/files/kinds';
import { useUploads } from '#shared/catalog/files/useUploads';
import { useWorkingGroups } from '#shared/catalog/useDesk';
import { UnsavedGuard } from '#shared/forms/UnsavedGuard';
import { useForm } from '#shared/forms/useForm';
import { useCan, useMe } from '#shared/session/useMe';
import { OptionGroup, type Option } from '#shared/ui/OptionGroup';
import { Page, Section } from '#shared/ui/Page';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { FormProblem } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { plainImpacts, plainKinds, plainUrgencies } from './kinds';
import { Tags } from './Tags';
import { useOpenTicket } from './useTicketChanges';

const TITLE_CHARS_MAX = 200;
const DESCRIPTION_CHARS_MAX = 20_000;

interface Values {
  title: string;
  description: string;
  kind: TicketKind;
  impact: Impact;
  urgency: Urgency;
  requester_id: NamedUser | null;
  group_id: string;
  tags: string[];
}

const agentKinds: readonly Option<TicketKind>[] = (Object.entries(ticketKinds) as [TicketKind, string][]).map(([value, title]) => ({ value, title }));

export default function OpenTicketPage() {
  const me = useMe();
  const agent = useCan()('catalog.all-tickets.write');
  const browses = useCan()('catalog.items.read');
  const initial: Values = { title: '', description: '', kind: 'incident', impact: 'low', urgency: 'medium', requester_id: { id: me.id, name: me.name }, group_id: '', tags: [] };
  const form = useForm(initial);
  const brings = useCan()('catalog.files.write');
  const uploads = useUploads({ filesMax: FILES_MAX });
  const open = useOpenTicket();
  const navigate = useNavigate();
  const toast = useToast();
  const leaving = useRef(false);
  const { title, description, kind, impact, urgency, requester_id: requester, group_id, tags } = form.values;
  const send = async () => {
    const forAgents: Partial<NewTicket> = agent ? { requester_id: requester?.id ?? me.id, ...(group_id !== '' && { group_id }), tags } : {};
    const ticket = await open.mutateAsync({ title, description, kind, impact, urgency, file_ids: uploads.files.map(({ id }) => id), ...forAgents });
    leaving.current = true;
    toast(`Ticket #${ticket.number} is open.`);
    await navigate(`/service-catalog/${agent ? 'desk' : 'tickets'}/${ticket.id}`);
  };
  return (
    <Page
      title={agent ? 'Open a ticket' : 'Report a problem'}
      parent={agent ? { title: 'Queue', to: '/service-catalog/desk' } : { title: 'My tickets', to: '/service-catalog/tickets' }}
      about={
        browses && (
          <>
            For a laptop, a licence or access, ask in the{' '}
            <Link component={RouterLink} to="/service-catalog/browse" underline="always">
              catalog
            </Link>
            : it is faster there.
          </>
        )
      }
    >
      <UnsavedGuard dirty={title !== '' || description !== '' || uploads.uploads.length > 0} leaving={leaving} />
      <Section>
        <DropArea uploads={uploads} disabled={!brings}>
          <Stack
            component="form"
            noValidate
            aria-label="Ticket"
            onSubmit={(event) => {
              event.preventDefault();
              void form.submit(send);
            }}
            sx={{ gap: 2.5, maxWidth: 720 }}
          >
            {agent ? <Kind kind={kind} onChange={(value) => form.set('kind', value)} /> : <OptionGroup label="What is it?" options={plainKinds} value={kind} onChange={(value) => form.set('kind', value)} />}
            {agent && <ForWhom form={form} />}
            <TextField label="In short" required {...form.text('title', 'For example: “The printer on the third floor jams”')} slotProps={{ htmlInput: { maxLength: TITLE_CHARS_MAX } }} />
            <Suggestions title={agent ? 'Articles that may help' : 'This may help already'} text={title} />
            <TextField
              label="What happened"
              multiline
              minRows={5}
              maxRows={20}
              {...form.text('description', 'Since when, where, what you tried, and what a message says. Markdown works here.')}
              slotProps={{ htmlInput: { maxLength: DESCRIPTION_CHARS_MAX } }}
            />
            {brings && <Attach uploads={uploads} label="Attach files or pictures" />}
            <Stack sx={{ gap: 2.5, flexDirection: { sm: 'row' }, '& > *': { flex: 1 } }}>
              <OptionGroup label="Whom does it concern?" options={plainImpacts} value={impact} onChange={(value) => form.set('impact', value)} />
              <OptionGroup label="How urgent is it?" options={plainUrgencies} value={urgency} onChange={(value) => form.set('urgency', value)} />
            </Stack>
            <FormProblem problem={form.problem} />
            <Stack direction="row" sx={{ gap: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
              <Button type="submit" variant="contained" size="large" loading={form.busy} disabled={title.trim() === '' || uploads.busy}>
                Open the ticket
              </Button>
              {title.trim() === '' && (
                <Typography variant="body2" color="textSecondary">
                  Say first in short what it is.
                </Typography>
              )}
            </Stack>
          </Stack>
        </DropArea>
      </Section>
    </Page>
  );
}

function Kind({ kind, onChange }: { kind: TicketKind; onChange: (kind: TicketKind) => void }) {
  return (
    <TextField select label="Kind" value={kind} onChange={(event) => onChange(event.target.value as TicketKind)} sx={{ maxWidth: 320 }}>
      {agentKinds.map(({ value, title }) => (
        <MenuItem key={value} value={value}>
          {title}
        </MenuItem>
      ))}
    </TextField>
  );
}

function ForWhom({ form }: { form: ReturnType<typeof useForm<Values>> }) {
  const { groups } = useWorkingGroups();
  return (
    <>
      <Stack sx={{ gap: 2, flexDirection: { sm: 'row' } }}>
        <PersonPicker label="Requester" required person={form.values.requester_id} onChange={(person) => form.set('requester_id', person)} error={form.error('requester_id')} />
        <TextField select label="Group" value={form.values.group_id} onChange={(event) => form.set('group_id', event.target.value)} error={form.error('group_id') !== undefined} helperText={form.error('group_id')} slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}>
          <MenuItem value="">Nobody’s yet</MenuItem>
          {groups.map(({ id, name, tier }) => (
            <MenuItem key={id} value={id}>
              {tier === undefined ? name : `${name} (tier ${tier})`}
            </MenuItem>
          ))}
        </TextField>
      </Stack>
      <Tags tags={form.values.tags} onChange={(tags) => form.set('tags', tags)} error={form.error('tags')} />
    </>
  );
}
