/** A role: a new one, one's own to change, or a built-in to look at. */
import type { Read, Role, RoleInput } from '@itechsmart/api';
import { Alert, Button, Skeleton, Stack, TextField } from '@mui/material';
import type { SubmitEvent } from 'react';
import { useNavigate, useParams } from 'react-router';
import { usePermissionCatalogue } from '#shared/api/usePermissionCatalogue';
import { useForm } from '#shared/forms/useForm';
import { PermissionMatrix } from '#shared/permissions/PermissionMatrix';
import { Refused } from '#shared/session/Guard';
import { useCan } from '#shared/session/useMe';
import { Confirm } from '#shared/ui/dialogs';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Page, Section } from '#shared/ui/Page';
import { Failed, FormProblem } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { useRole } from './useRole';
import { useCreateRole, useRoleChanges } from './useRoleChanges';

const parent = { title: 'Roles', to: '/hub/roles' };

export default function RolePage() {
  const { id = '' } = useParams();
  const fresh = id === 'new';
  const role = useRole(id, !fresh);
  const may = useCan()('hub.roles.write');
  if (fresh) return may ? <NewRole /> : <Refused permissions={['hub.roles.write']} />;
  return (
    <ObjectPage title="Role" parent={parent} object={role}>
      {(read) => <ExistingRole key={read.etag} read={read} />}
    </ObjectPage>
  );
}

function NewRole() {
  const create = useCreateRole();
  const navigate = useNavigate();
  const toast = useToast();
  const save = async (role: RoleInput) => {
    const { id } = await create.mutateAsync(role);
    toast(`The role ${role.name} is created.`);
    await navigate(`/hub/roles/${id}`, { replace: true });
  };
  return (
    <Page title="Create a role" parent={parent}>
      <RoleForm initial={{ name: '', description: '', permissions: [] }} submit="Create" save={save} />
    </Page>
  );
}

function ExistingRole({ read: { data: role, etag } }: { read: Read<Role> }) {
  const { change, remove } = useRoleChanges(role.id, etag);
  const editable = useCan()('hub.roles.write') && !role.is_builtin;
  const navigate = useNavigate();
  const toast = useToast();
  const save = async (input: RoleInput) => {
    await change.mutateAsync(input);
    toast('Saved.');
  };
  const actions = editable && (
    <Confirm
      title={`Delete the role ${role.name}?`}
      submit="Delete"
      danger
      act={async () => {
        await remove.mutateAsync(undefined);
        toast(`The role ${role.name} is deleted.`);
        await navigate('/hub/roles');
      }}
      trigger={(open) => (
        <Button variant="outlined" color="error" onClick={open}>
          Delete
        </Button>
      )}
    >
      Whoever has it loses its permissions.
    </Confirm>
  );
  return (
    <Page title={role.name} about={role.description || undefined} parent={parent} actions={actions}>
      {role.is_builtin && (
        <Alert severity="info">This role is built in: it is the same everywhere and cannot be changed.</Alert>
      )}
      {editable ? (
        <RoleForm initial={role} submit="Save" save={save} />
      ) : (
        <Section title="Permissions">
          <Catalogue chosen={role.permissions} />
        </Section>
      )}
    </Page>
  );
}

interface RoleFormProps {
  initial: RoleInput;
  submit: string;
  save: (role: RoleInput) => Promise<void>;
}

function RoleForm({ initial: { name, description, permissions }, submit, save }: RoleFormProps) {
  const form = useForm({ name, description, permissions });
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    void form.submit(save);
  };
  return (
    <form onSubmit={send} noValidate>
      <Stack sx={{ gap: 2 }}>
        <Section>
          <Stack direction={{ xs: 'column', sm: 'row' }} sx={{ gap: 2 }}>
            <TextField label="Name" autoComplete="off" {...form.text('name')} sx={{ maxWidth: { sm: 320 } }} />
            <TextField label="Description" autoComplete="off" {...form.text('description')} />
          </Stack>
        </Section>
        <Section title="Permissions" about="You can give only permissions that you hold yourself.">
          <Catalogue
            chosen={form.values.permissions}
            onChange={(chosen) => form.set('permissions', chosen)}
          />
        </Section>
        <FormProblem problem={form.problem} />
        {form.error('permissions') !== undefined && <Alert severity="error">{form.error('permissions')}</Alert>}
        <div>
          <Button type="submit" variant="contained" loading={form.busy}>
            {submit}
          </Button>
        </div>
      </Stack>
    </form>
  );
}

function Catalogue(props: { chosen: string[]; onChange?: (chosen: string[]) => void }) {
  const catalogue = usePermissionCatalogue();
  if (catalogue.error !== null) {
    return <Failed problem={catalogue.error} retry={() => void catalogue.refetch()} />;
  }
  if (catalogue.data === undefined) return <Skeleton variant="rounded" height={320} />;
  return <PermissionMatrix catalogue={catalogue.data} {...props} />;
}
