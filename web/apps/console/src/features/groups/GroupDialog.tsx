import type { GroupInput } from '@itechsmart/api';
import { TextField } from '@mui/material';
import { useRoles } from '#shared/api/useRoles';
import { useForm } from '#shared/forms/useForm';
import { useCan } from '#shared/session/useMe';
import { Choices } from '#shared/ui/Choices';
import { FormDialog, type EditDialogProps } from '#shared/ui/dialogs';

export function GroupDialog({ title, submit, initial, save, onClose }: EditDialogProps<GroupInput>) {
  const form = useForm(initial);
  const roles = useRoles();
  const may = useCan()('hub.roles.read');
  const send = async () => {
    if (await form.submit(save)) onClose();
  };
  return (
    <FormDialog
      title={title}
      submit={submit}
      open
      busy={form.busy}
      problem={form.problem}
      onClose={onClose}
      onSubmit={() => void send()}
    >
      <TextField label="Name" autoFocus autoComplete="off" {...form.text('name')} />
      <TextField label="Description" autoComplete="off" {...form.text('description')} />
      {may && (
        <Choices
          label="Roles"
          options={roles.data}
          chosen={form.values.role_ids}
          onChange={(ids) => form.set('role_ids', ids)}
          help="Every member has these roles."
          error={form.error('role_ids')}
        />
      )}
    </FormDialog>
  );
}
