/** Merges a ticket into another, and says what that does. */
import type { MergeInput, Ticket } from '@itechsmart/api';
import { Alert, Box, Typography } from '@mui/material';
import { TicketPicker, type PickedTicket } from '#shared/catalog/TicketPicker';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';

interface MergeDialogProps {
  ticket: Ticket;
  save: (merge: MergeInput) => Promise<unknown>;
  onClose: () => void;
}

export function MergeDialog({ ticket, save, onClose }: MergeDialogProps) {
  const form = useForm<{ into_id: PickedTicket | null }>({ into_id: null });
  const into = form.values.into_id;
  const send = () => (into === null ? Promise.resolve() : save({ into_id: into.id }));
  const other = into === null ? 'the other' : `#${into.number}`;
  const who = ticket.requester.name ?? 'Its requester';
  const isUrgent = into !== null && ticket.priority < into.priority;
  return (
    <FormDialog open title={`Merge #${ticket.number} into another ticket`} submit={into === null ? 'Merge' : `Merge into #${into.number}`} danger busy={form.busy} problem={form.problem} disabled={into === null} onClose={onClose} onSubmit={() => void form.submit(send).then((done) => done && onClose())}>
      <TicketPicker autoFocus open label="Into" ticket={into} except={[ticket.id]} onChange={(next) => form.set('into_id', next)} error={form.error('into_id')} help="The ticket that remains. Those that are done are not offered: link them instead." />
      <Box component="ul" sx={{ m: 0, pl: 2.5, typography: 'body2', display: 'grid', gap: 0.5 }}>
        <li>
          #{ticket.number} is closed for good, and leads to {other}.
        </li>
        <li>What is written to it from then on goes to {other}.</li>
        <li>
          {who} follows {other}: sees what is public in it, may reply, and hears of it.
        </li>
        <li>
          {other === 'the other' ? 'The other' : other} keeps its own clocks{isUrgent ? `, and becomes ${ticket.priority}` : ', and takes the more urgent priority of both'}.
        </li>
      </Box>
      {into !== null && into.requester.id !== ticket.requester.id && (
        <Alert severity="info">
          <Typography variant="body2">
            The two are of different people: {into.requester.name ?? 'somebody who has left'} reported {other}. {who} reads its conversation from then on.
          </Typography>
        </Alert>
      )}
      <Alert severity="warning">It cannot be undone.</Alert>
    </FormDialog>
  );
}
