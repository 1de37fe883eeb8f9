import { TextField } from '@mui/material';
import { useGroups } from '#shared/api/useGroups';
import { useRoles } from '#shared/api/useRoles';
import { useForm } from '#shared/forms/useForm';
import { useCan } from '#shared/session/useMe';
import { Choices } from '#shared/ui/Choices';
import { FormDialog } from '#shared/ui/dialogs';
import { useToast } from '#shared/ui/toast';
import { useInviteUser } from './useInviteUser';

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const can = useCan();
  const form = useForm({ email: '', name: '', role_ids: [] as string[], group_ids: [] as string[] });
  const roles = useRoles();
  const groups = useGroups();
  const invite = useInviteUser();
  const toast = useToast();
  const submit = async () => {
    const email = form.values.email.trim();
    if (await form.submit((values) => invite.mutateAsync({ ...values, email }))) {
      toast(`${email} is invited.`);
      onClose();
    }
  };
  return (
    <FormDialog
      title="Invite a user"
      submit="Send the invitation"
      open
      busy={form.busy}
      problem={form.problem}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <TextField label="E-mail" type="email" autoFocus autoComplete="off" {...form.text('email')} />
      <TextField label="Name" autoComplete="off" {...form.text('name')} />
      {can('hub.roles.read') && (
        <Choices
          label="Roles"
          options={roles.data}
          chosen={form.values.role_ids}
          onChange={(ids) => form.set('role_ids', ids)}
          help="You can give only permissions that you hold yourself."
          error={form.error('role_ids')}
        />
      )}
      {can('hub.groups.read') && (
        <Choices
          label="Groups"
          options={groups.data}
          chosen={form.values.group_ids}
          onChange={(ids) => form.set('group_ids', ids)}
          error={form.error('group_ids')}
        />
      )}
    </FormDialog>
  );
}
