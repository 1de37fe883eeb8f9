import type { OwnTenant, Read } from '@itechsmart/api';
import { Alert, Button, Skeleton, Stack, TextField } from '@mui/material';
import type { SubmitEvent } from 'react';
import { useForm } from '#shared/forms/useForm';
import { useCan } from '#shared/session/useMe';
import { Code } from '#shared/ui/Code';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { Failed, FormProblem } from '#shared/ui/states';
import { ExactTime } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { Flags } from './Flags';
import { useChangeTenant } from './useChangeTenant';
import { useOwnTenant } from './useOwnTenant';

export default function SettingsPage() {
  const tenant = useOwnTenant();
  return (
    <Page title="Settings" about="What holds for everybody in this tenant.">
      {tenant.data !== undefined && <Tenant key={tenant.data.etag} read={tenant.data} />}
      {tenant.data === undefined && tenant.error === null && <Skeleton variant="rounded" height={150} />}
      {tenant.data === undefined && tenant.error !== null && (
        <Failed problem={tenant.error} retry={() => void tenant.refetch()} />
      )}
      <Flags />
    </Page>
  );
}

function Tenant({ read: { data: tenant, etag } }: { read: Read<OwnTenant> }) {
  const may = useCan()('hub.tenant.write');
  const contact = tenant.settings.support_contact ?? '';
  return (
    <Section title="Tenant">
      <Stack sx={{ gap: 2 }}>
        {tenant.is_demo && (
          <Alert severity="info">This tenant is a demonstration: its people and their history are made up.</Alert>
        )}
        {may && <TenantForm tenant={tenant} etag={etag} />}
        <Facts columns={3}>
          {!may && <Fact name="Name">{tenant.name}</Fact>}
          {!may && <Fact name="Support contact">{contact || 'None'}</Fact>}
          <Fact name="Short name">
            <Code>{tenant.slug}</Code>
          </Fact>
          <Fact wide name="Created">
            <ExactTime>{tenant.created_at}</ExactTime>
          </Fact>
          <Fact wide name="Id">
            <Code copy>{tenant.id}</Code>
          </Fact>
        </Facts>
      </Stack>
    </Section>
  );
}

function TenantForm({ tenant, etag }: { tenant: OwnTenant; etag: string | undefined }) {
  const present = { name: tenant.name, support_contact: tenant.settings.support_contact ?? '' };
  const form = useForm(present);
  const change = useChangeTenant(etag);
  const toast = useToast();
  const unchanged =
    form.values.name === present.name && form.values.support_contact === present.support_contact;
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const done = await form.submit(({ name, support_contact }) =>
      change.mutateAsync({
        name,
        settings: { ...tenant.settings, support_contact: support_contact.trim() || null },
      }),
    );
    if (done) toast('Saved.');
  };
  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <Stack sx={{ gap: 2, maxWidth: 560, alignItems: 'flex-start' }}>
        <TextField label="Name" autoComplete="off" {...form.text('name')} />
        <TextField
          label="Support contact"
          autoComplete="off"
          {...form.text('support_contact', 'Whom members ask when something does not work: an address or a sentence.')}
        />
        <FormProblem problem={form.problem} />
        <Button type="submit" variant="contained" loading={form.busy} disabled={unchanged}>
          Save
        </Button>
      </Stack>
    </form>
  );
}
