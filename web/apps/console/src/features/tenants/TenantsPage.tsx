import type { Tenant } from '@itechsmart/api';
import { Button, Chip, Stack, TextField, Typography } from '@mui/material';
import { Building2, Plus } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useForm } from '#shared/forms/useForm';
import { useCan } from '#shared/session/useMe';
import { Code } from '#shared/ui/Code';
import { FormDialog } from '#shared/ui/dialogs';
import { PagedList, type Column } from '#shared/ui/List';
import { Page, Section } from '#shared/ui/Page';
import { SearchField } from '#shared/ui/SearchField';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useFlag } from '#shared/ui/useFlag';
import { TenantStateOf } from './TenantStateOf';
import { useCreateTenant } from './useTenantChanges';
import { useTenants } from './useTenants';

const columns: Column<Tenant>[] = [
  {
    title: 'Name',
    render: ({ name, is_platform }) => (
      <Stack direction="row" component="span" sx={{ gap: 1, alignItems: 'center', display: 'inline-flex' }}>
        {name}
        {is_platform && <Chip component="span" variant="outlined" label="Platform" />}
      </Stack>
    ),
  },
  { title: 'Short name', render: ({ slug }) => <Code>{slug}</Code> },
  { title: 'State', width: 150, render: ({ state }) => <TenantStateOf state={state} /> },
  { title: 'Users', width: 90, align: 'right', render: ({ users }) => users.toLocaleString('en') },
  { title: 'Created', width: 150, from: 'md', render: ({ created_at }) => <Time>{created_at}</Time> },
];

export default function TenantsPage() {
  const [search, setSearch] = useState('');
  const tenants = useTenants(search);
  const [creating, setCreating] = useFlag('new');
  const create = useCan()('hub.tenants.write') && (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      Create a tenant
    </Button>
  );
  return (
    <Page
      title="Tenants"
      about="The organisations of this installation. Each has its own people, data and audit trail."
      actions={create}
    >
      <Section
        flush
        actions={<SearchField label="Search by name" value={search} onChange={setSearch} />}
      >
        <PagedList
          label="Tenants"
          columns={columns}
          pages={tenants}
          id={(tenant) => tenant.id}
          to={(tenant) => `/hub/tenants/${tenant.id}`}
          empty={<Empty icon={Building2} title="No tenant matches" />}
        />
      </Section>
      {creating && <CreateDialog onClose={() => setCreating(false)} />}
    </Page>
  );
}

function CreateDialog({ onClose }: { onClose: () => void }) {
  const form = useForm({ name: '', administrator_name: '', administrator_email: '' });
  const create = useCreateTenant();
  const navigate = useNavigate();
  const toast = useToast();
  const submit = () =>
    form.submit(async (values) => {
      const { id } = await create.mutateAsync(values);
      toast(`The tenant ${values.name} is created, and ${values.administrator_email} is invited.`);
      await navigate(`/hub/tenants/${id}`);
    });
  return (
    <FormDialog
      title="Create a tenant"
      submit="Create and invite"
      open
      busy={form.busy}
      problem={form.problem}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <TextField label="Name" autoFocus autoComplete="off" {...form.text('name')} />
      <Typography variant="body2" color="textSecondary">
        Its first administrator gets an invitation by e-mail:
      </Typography>
      <TextField label="Administrator’s name" autoComplete="off" {...form.text('administrator_name')} />
      <TextField
        label="Administrator’s e-mail"
        type="email"
        autoComplete="off"
        {...form.text('administrator_email')}
      />
    </FormDialog>
  );
}
