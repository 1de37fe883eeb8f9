/** Hands a ticket to another tier, with what was found. */
import type { HandOver, Ticket } from '@itechsmart/api';
import { Alert, MenuItem, TextField } from '@mui/material';
import { tiers } from '#shared/catalog/tickets';
import { useServiceLevels, useWorkingGroups } from '#shared/catalog/useDesk';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';

const FINDINGS_CHARS_MIN = 10;

/** One tier up or down, and of a P1 any above. */
export function reachableTiers({ tier, priority }: Pick<Ticket, 'tier' | 'priority'>): number[] {
  return tiers.filter((to) => Math.abs(to - tier) === 1 || (priority === 'P1' && to > tier));
}

interface HandOverDialogProps {
  ticket: Ticket;
  save: (over: HandOver) => Promise<unknown>;
  onClose: () => void;
}

export function HandOverDialog({ ticket, save, onClose }: HandOverDialogProps) {
  const to = reachableTiers(ticket);
  const { groups, hasTiers } = useWorkingGroups();
  const levels = useServiceLevels();
  const form = useForm<HandOver>({ tier: to.find((tier) => tier > ticket.tier) ?? to[0] ?? 1, group_id: '', findings: '' });
  const { tier, group_id, findings } = form.values;
  const fitting = groups.filter((group) => group.tier === undefined || group.tier === tier);
  return (
    <FormDialog
      open
      title={`Hand #${ticket.number} over`}
      submit="Hand over"
      busy={form.busy}
      problem={form.problem}
      disabled={group_id === '' || findings.trim().length < FINDINGS_CHARS_MIN}
      onClose={onClose}
      onSubmit={() => void form.submit(save).then((done) => done && onClose())}
    >
      {levels.data !== undefined && !hasTiers && <Alert severity="info">No group is of a tier yet: whoever sets the service levels says so there.</Alert>}
      <TextField
        select
        label="To tier"
        value={tier}
        onChange={(event) => {
          form.set('tier', Number(event.target.value));
          form.set('group_id', '');
        }}
        error={form.error('tier') !== undefined}
        helperText={form.error('tier') ?? (ticket.priority === 'P1' ? undefined : 'One tier at a time; only a P1 passes over one.')}
      >
        {to.map((one) => (
          <MenuItem key={one} value={one}>
            Tier {one}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        select
        required
        label="To group"
        value={group_id}
        onChange={(event) => form.set('group_id', event.target.value)}
        error={form.error('group_id') !== undefined}
        helperText={form.error('group_id') ?? (fitting.length === 0 ? `There is no group of tier ${tier}.` : 'Nobody has it until somebody of the group takes it.')}
      >
        {fitting.map(({ id, name }) => (
          <MenuItem key={id} value={id}>
            {name}
          </MenuItem>
        ))}
      </TextField>
      <TextField label="What was found and tried" required multiline minRows={4} maxRows={14} {...form.text('findings', 'At least ten characters. An internal note for whoever goes on.')} slotProps={{ htmlInput: { maxLength: 20_000 } }} />
    </FormDialog>
  );
}
