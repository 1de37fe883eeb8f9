import type { Read, Tenant } from '@itechsmart/api';
import { Alert, Button, TextField } from '@mui/material';
import { useState } from 'react';
import { useParams } from 'react-router';
import { useForm } from '#shared/forms/useForm';
import { useCan } from '#shared/session/useMe';
import { ActionRow } from '#shared/ui/ActionRow';
import { Code } from '#shared/ui/Code';
import { Confirm, FormDialog } from '#shared/ui/dialogs';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { ExactTime } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { TenantStateOf } from './TenantStateOf';
import { useTenant } from './useTenant';
import { useTenantChanges } from './useTenantChanges';

const parent = { title: 'Tenants', to: '/hub/tenants' };

export default function TenantPage() {
  const { id = '' } = useParams();
  return (
    <ObjectPage title="Tenant" parent={parent} object={useTenant(id)}>
      {(read) => <Content read={read} />}
    </ObjectPage>
  );
}

function Content({ read: { data: tenant, etag } }: { read: Read<Tenant> }) {
  const may = useCan()('hub.tenants.write');
  const [renaming, setRenaming] = useState(false);
  return (
    <Page
      title={tenant.name}
      parent={parent}
      actions={
        may && (
          <Button variant="outlined" onClick={() => setRenaming(true)}>
            Rename
          </Button>
        )
      }
    >
      {tenant.state === 'deleting' && tenant.delete_at != null && (
        <Alert severity="warning">
          All that this tenant has is deleted on <ExactTime>{tenant.delete_at}</ExactTime>. Until
          then, resuming it brings everything back.
        </Alert>
      )}
      <Section>
        <Facts columns={3}>
          <Fact name="State">
            <TenantStateOf state={tenant.state} />
          </Fact>
          <Fact name="Short name">
            <Code>{tenant.slug}</Code>
          </Fact>
          <Fact name="Users">{tenant.users.toLocaleString('en')}</Fact>
          <Fact wide name="Created">
            <ExactTime>{tenant.created_at}</ExactTime>
          </Fact>
          <Fact wide name="Id">
            <Code copy>{tenant.id}</Code>
          </Fact>
        </Facts>
      </Section>
      {may && !tenant.is_platform && <Actions tenant={tenant} etag={etag} />}
      {renaming && <RenameDialog tenant={tenant} etag={etag} onClose={() => setRenaming(false)} />}
    </Page>
  );
}

interface ChangeProps {
  tenant: Tenant;
  etag: string | undefined;
}

function Actions({ tenant, etag }: ChangeProps) {
  const { act } = useTenantChanges(tenant.id, etag);
  const toast = useToast();
  const { name, state } = tenant;
  return (
    <Section title="Actions">
      {state === 'active' && (
        <ActionRow title="Suspend" about="Nobody can sign in to it and its API keys stop. Nothing is lost.">
          <Confirm
            title={`Suspend ${name}?`}
            submit="Suspend"
            danger
            act={() => act.mutateAsync('suspend').then(() => toast(`${name} is suspended.`))}
            trigger={(open) => <Button variant="outlined" color="error" onClick={open}>Suspend</Button>}
          >
            Sessions there end, and its API keys stop working until you resume it.
          </Confirm>
        </ActionRow>
      )}
      {state !== 'active' && (
        <ActionRow title="Resume" about="Everything is as it was.">
          <Button
            variant="outlined"
            loading={act.isPending}
            onClick={() => act.mutate('resume', { onSuccess: () => toast(`${name} is active again.`) })}
          >
            Resume
          </Button>
        </ActionRow>
      )}
      {state !== 'deleting' && (
        <ActionRow title="Delete" about="Suspends it at once, and deletes everything after a time of grace.">
          <Confirm
            title={`Delete ${name}?`}
            submit="Delete"
            danger
            act={() => act.mutateAsync('delete').then(() => toast(`${name} will be deleted.`))}
            trigger={(open) => <Button variant="outlined" color="error" onClick={open}>Delete</Button>}
          >
            Until the time of grace is over you can resume it. After that its people, keys and data
            are gone for good.
          </Confirm>
        </ActionRow>
      )}
    </Section>
  );
}

function RenameDialog({ tenant, etag, onClose }: ChangeProps & { onClose: () => void }) {
  const form = useForm({ name: tenant.name });
  const { rename } = useTenantChanges(tenant.id, etag);
  const submit = async () => {
    if (await form.submit((change) => rename.mutateAsync(change))) onClose();
  };
  return (
    <FormDialog
      title="Rename the tenant"
      submit="Rename"
      open
      busy={form.busy}
      problem={form.problem}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <TextField label="Name" autoFocus autoComplete="off" {...form.text('name')} />
    </FormDialog>
  );
}
