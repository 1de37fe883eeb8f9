import type { ApiKey } from '@itechsmart/api';
import { Button, Stack, Tooltip, Typography } from '@mui/material';
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { count } from '#shared/format/text';
import { useCan } from '#shared/session/useMe';
import { Code } from '#shared/ui/Code';
import { Confirm } from '#shared/ui/dialogs';
import { PagedList, type Column } from '#shared/ui/List';
import { Page, Section } from '#shared/ui/Page';
import { SecretOnce } from '#shared/ui/SecretOnce';
import { State } from '#shared/ui/State';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useFlag } from '#shared/ui/useFlag';
import { MakeDialog } from './MakeDialog';
import { RotateDialog } from './RotateDialog';
import { keyState } from './states';
import { useRevokeKey } from './useApiKeyChanges';
import { useApiKeys } from './useApiKeys';

const columns: Column<ApiKey>[] = [
  { title: 'Name', breaks: true, render: ({ name }) => <span style={{ fontWeight: 600 }}>{name}</span> },
  { title: 'Begins with', whole: true, render: ({ prefix }) => <Code>{`itk_${prefix}…`}</Code> },
  {
    title: 'State',
    render: ({ state, previous_until }) => (
      <>
        <State tone={keyState(state).tone}>{keyState(state).word}</State>
        {state === 'active' && previous_until != null && (
          <Typography variant="caption" color="textSecondary" component="div">
            the key before stops <Time>{previous_until}</Time>
          </Typography>
        )}
      </>
    ),
  },
  {
    title: 'May',
    from: 'md',
    whole: true,
    render: ({ permissions }) => (
      <Tooltip title={permissions.join(', ')}>
        <span>{count(permissions.length, 'permission')}</span>
      </Tooltip>
    ),
  },
  { title: 'Last used', render: ({ last_used_at }) => <Time>{last_used_at}</Time> },
  { title: 'Expires', render: ({ expires_at }) => <Time>{expires_at}</Time> },
  {
    title: 'Made',
    from: 'lg',
    whole: true,
    render: ({ created_at, created_by }) => (
      <>
        <Time>{created_at}</Time>
        <Typography variant="caption" color="textSecondary" component="div">
          by {created_by}
        </Typography>
      </>
    ),
  },
];

export default function ApiKeysPage() {
  const keys = useApiKeys();
  const may = useCan()('hub.api-keys.write');
  const [making, setMaking] = useFlag('new');
  const [rotating, setRotating] = useState<ApiKey>();
  const [secret, setSecret] = useState<string>();
  const make = may && (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      Make an API key
    </Button>
  );
  const actions: Column<ApiKey> = {
    title: 'Actions',
    actions: true,
    align: 'right',
    width: 170,
    render: (key) => key.state === 'active' && <Actions apiKey={key} onRotate={() => setRotating(key)} />,
  };
  return (
    <Page title="API keys" about="How programs sign in. A key has permissions of its own, never more than whoever made it." actions={make}>
      <Section flush>
        <PagedList
          label="API keys"
          columns={may ? [...columns, actions] : columns}
          pages={keys}
          id={(key) => key.id}
          empty={
            <Empty icon={KeyRound} title="There are no API keys yet" action={make}>
              Make one for each program that calls the API, so that each can be revoked alone.
            </Empty>
          }
        />
      </Section>
      {making && may && <MakeDialog onClose={() => setMaking(false)} onMade={setSecret} />}
      {rotating !== undefined && (
        <RotateDialog apiKey={rotating} onClose={() => setRotating(undefined)} onMade={setSecret} />
      )}
      <SecretOnce
        title="Your new API key"
        about="Send it in the header Authorization: Bearer, over TLS."
        secret={secret}
        onClose={() => setSecret(undefined)}
      />
    </Page>
  );
}

function Actions({ apiKey, onRotate }: { apiKey: ApiKey; onRotate: () => void }) {
  const revoke = useRevokeKey();
  const toast = useToast();
  return (
    <Stack direction="row" sx={{ gap: 0.5, justifyContent: { sm: 'flex-end' } }}>
      <Button onClick={onRotate}>Rotate</Button>
      <Confirm
        title={`Revoke the key ${apiKey.name}?`}
        submit="Revoke"
        danger
        act={() => revoke.mutateAsync(apiKey.id).then(() => toast(`${apiKey.name} is revoked.`))}
        trigger={(open) => (
          <Button color="error" onClick={open}>
            Revoke
          </Button>
        )}
      >
        Every process refuses it within a second. This cannot be undone.
      </Confirm>
    </Stack>
  );
}
