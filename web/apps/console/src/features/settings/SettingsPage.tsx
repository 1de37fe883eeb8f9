import type { OwnTenant, Read } from '@itechsmart/api';
import { Button, Skeleton, Stack, TextField } from '@mui/material';
import type { SubmitEvent } from 'react';
import { useForm } from '#shared/forms/useForm';
import { useCan } from '#shared/session/useMe';
import { Code } from '#shared/ui/Code';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { Failed, FormProblem } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { Flags } from './Flags';
import { useOwnTenant } from './useOwnTenant';
import { useRenameTenant } from './useRenameTenant';

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
  const form = useForm({ name: tenant.name });
  const rename = useRenameTenant(etag);
  const toast = useToast();
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (await form.submit(({ name }) => rename.mutateAsync(name))) toast('Saved.');
  };
  return (
    <Section title="Tenant">
      <Stack sx={{ gap: 2 }}>
        {may && (
          <form onSubmit={(event) => void save(event)} noValidate>
            <Stack direction={{ xs: 'column', sm: 'row' }} sx={{ gap: 1, alignItems: { sm: 'flex-start' }, maxWidth: 560 }}>
              <TextField label="Name" autoComplete="off" {...form.text('name')} />
              <Button
                type="submit"
                variant="contained"
                loading={form.busy}
                disabled={form.values.name === tenant.name}
                sx={{ height: 38, flexShrink: 0 }}
              >
                Save
              </Button>
            </Stack>
          </form>
        )}
        <FormProblem problem={form.problem} />
        <Facts columns={3}>
          {!may && <Fact name="Name">{tenant.name}</Fact>}
          <Fact name="Short name">
            <Code>{tenant.slug}</Code>
          </Fact>
          <Fact name="Id">
            <Code copy>{tenant.id}</Code>
          </Fact>
        </Facts>
      </Stack>
    </Section>
  );
}
