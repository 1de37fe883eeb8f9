/** Whose a ticket is: a group's, somebody's of it, or nobody's. */
import type { NamedUser } from '@itechsmart/api';
import { MenuItem, TextField } from '@mui/material';
import { useForm } from '#shared/forms/useForm';
import { useWorkingGroups } from '#shared/catalog/useDesk';
import { FormDialog, type EditDialogProps } from '#shared/ui/dialogs';
import { PersonPicker } from '#shared/ui/PersonPicker';

export interface Assignment {
  group_id: string;
  assignee_id: NamedUser | null;
}

interface AssignProps extends EditDialogProps<Assignment> {
  tier: number;
  /** The name of the group that it has now, which the caller may not be able to look up. */
  groupName?: string | undefined;
}

export function Assign({ title, submit, initial, save, onClose, tier, groupName }: AssignProps) {
  const form = useForm(initial);
  const { groups } = useWorkingGroups();
  // Of the tier that the ticket is at: another tier gets it by a hand-over.
  const fitting = groups.filter((group) => group.tier === undefined || group.tier === tier);
  const current = form.values.group_id;
  const isThere = current === '' || fitting.some(({ id }) => id === current);
  return (
    <FormDialog open title={title} submit={submit} busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void form.submit(save).then((done) => done && onClose())}>
      <TextField
        select
        label="Group"
        value={current}
        onChange={(event) => form.set('group_id', event.target.value)}
        error={form.error('group_id') !== undefined}
        helperText={form.error('group_id') ?? `Groups of tier ${tier}; to another tier it is handed over.`}
        slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
      >
        <MenuItem value="">No group</MenuItem>
        {!isThere && <MenuItem value={current}>{groupName ?? 'Its group'}</MenuItem>}
        {fitting.map(({ id, name }) => (
          <MenuItem key={id} value={id}>
            {name}
          </MenuItem>
        ))}
      </TextField>
      <PersonPicker
        label="Person"
        person={form.values.assignee_id}
        onChange={(person) => form.set('assignee_id', person)}
        help="Somebody of the group. With nobody, whoever of the group takes it."
        error={form.error('assignee_id')}
      />
    </FormDialog>
  );
}
