/** Gives the tickets that are selected to a group, to somebody, or to nobody. */
import type { TicketChange } from '@itechsmart/api';
import { MenuItem, TextField } from '@mui/material';
import { useWorkingGroups } from '#shared/catalog/useDesk';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { asItIs, KEPT, NOBODY, reassigned, SOMEBODY, type Reassignment } from './reassigning';

interface AssignSeveralProps {
  title: string;
  save: (change: TicketChange) => Promise<unknown>;
  onClose: () => void;
}

export function AssignSeveral({ title, save, onClose }: AssignSeveralProps) {
  const form = useForm(asItIs);
  const { groups } = useWorkingGroups();
  const { group_id, person, assignee_id } = form.values;
  const change = reassigned(form.values);
  const send = () => change !== undefined && void form.submit(() => save(change)).then((done) => done && onClose());
  return (
    <FormDialog open title={title} submit="Assign" busy={form.busy} problem={form.problem} disabled={change === undefined} onClose={onClose} onSubmit={send}>
      <TextField
        select
        {...form.text('group_id')}
        label="Group"
        value={group_id}
        slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
      >
        <MenuItem value={KEPT}>As it is</MenuItem>
        <MenuItem value="">No group</MenuItem>
        {groups.map(({ id, name, tier }) => (
          <MenuItem key={id} value={id}>
            {name}
            {tier !== undefined && ` (tier ${tier})`}
          </MenuItem>
        ))}
      </TextField>
      <TextField select label="Person" value={person} onChange={(event) => form.set('person', event.target.value as Reassignment['person'])} helperText={about(form.values)}>
        <MenuItem value={KEPT}>As it is</MenuItem>
        <MenuItem value={NOBODY}>Nobody</MenuItem>
        <MenuItem value={SOMEBODY}>Somebody…</MenuItem>
      </TextField>
      {person === SOMEBODY && <PersonPicker label="Who" required person={assignee_id} onChange={(next) => form.set('assignee_id', next)} help="Somebody of the group." error={form.error('assignee_id')} />}
    </FormDialog>
  );
}

function about({ group_id, person }: Reassignment): string | undefined {
  if (person === NOBODY) return 'Whoever of the group takes it.';
  return person === KEPT && group_id !== KEPT ? 'Who has a ticket for another group lets go of it.' : undefined;
}
