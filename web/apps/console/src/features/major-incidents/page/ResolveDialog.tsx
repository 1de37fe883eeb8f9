/** Resolves a major incident, and then, if one likes, the tickets that it is made of. */
import { toProblem, type BulkAnswer, type IncidentMove, type MajorIncident } from '@itechsmart/api';
import { Alert, Box, Checkbox, FormControlLabel, TextField, Typography } from '@mui/material';
import { bulkOutcome, bulkSentence } from '#shared/catalog/bulkWords';
import { useForm } from '#shared/forms/useForm';
import { count } from '#shared/format/text';
import { useCan } from '#shared/session/useMe';
import { FormDialog } from '#shared/ui/dialogs';
import { useToast } from '#shared/ui/toast';

interface ResolveDialogProps {
  incident: MajorIncident;
  move: (move: IncidentMove) => Promise<unknown>;
  resolveTickets: () => Promise<BulkAnswer>;
  /** With what was refused, if anything was. */
  onDone: (refused: readonly string[]) => void;
  onClose: () => void;
}

export function ticketsOf({ ticket_id: id, number, tickets }: MajorIncident) {
  return [{ id, number }, ...tickets];
}

export function ResolveDialog({ incident, move, resolveTickets, onDone, onClose }: ResolveDialogProps) {
  const works = useCan()('catalog.all-tickets.write');
  const form = useForm({ solution: '', with_tickets: works });
  const toast = useToast();
  const { solution, with_tickets } = form.values;
  const others = incident.tickets.filter(({ state }) => state !== 'resolved' && state !== 'closed').length;
  const send = async () => {
    await move({ to: 'resolved', solution });
    if (!works || !with_tickets) return onDone([]);
    try {
      const outcome = bulkOutcome(await resolveTickets(), ticketsOf(incident));
      toast(`It is resolved. ${bulkSentence(outcome, 'resolved')}`);
      onDone(outcome.refused.map(({ text }) => text));
    } catch (thrown) {
      // It is resolved all the same, and its tickets can be tried again from the page.
      onDone([toProblem(thrown).detail]);
    }
  };
  return (
    <FormDialog open title={`Resolve major incident #${incident.number}`} submit="Resolve" busy={form.busy} problem={form.problem} disabled={solution.trim() === ''} onClose={onClose} onSubmit={() => void form.submit(send).then((done) => done && onClose())}>
      <TextField autoFocus required label="How it was solved" multiline minRows={4} maxRows={14} {...form.text('solution', 'All who are affected read it, and are told. Markdown works in it.')} slotProps={{ htmlInput: { maxLength: 20_000 } }} />
      {works && (
        <FormControlLabel
          control={<Checkbox checked={with_tickets} onChange={(event) => form.set('with_tickets', event.target.checked)} />}
          label={`Resolve its tickets with this solution, too: #${incident.number}${others === 0 ? '' : ` and ${count(others, 'other')}`}`}
          slotProps={{ typography: { variant: 'body2' } }}
        />
      )}
    </FormDialog>
  );
}

/** Tickets that could not be resolved, and why. */
export function RefusedTickets({ refused, onClose }: { refused: readonly string[]; onClose: () => void }) {
  if (refused.length === 0) return null;
  return (
    <Alert severity="warning" onClose={onClose}>
      <Typography variant="body2">These tickets were not resolved:</Typography>
      <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
        {refused.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </Box>
    </Alert>
  );
}
