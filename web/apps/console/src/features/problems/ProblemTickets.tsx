/** The tickets that come from a problem, and its workaround for them. */
import type { LinkedTicket, ProblemRecord } from '@itechsmart/api';
import { Alert, Box, Button, Checkbox, FormControlLabel, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { bulkOutcome, bulkSentence } from '#shared/catalog/bulkWords';
import { LinkedTickets } from '#shared/catalog/LinkedTickets';
import { TicketPicker, type PickedTicket } from '#shared/catalog/TicketPicker';
import { isDone, ticketState } from '#shared/catalog/tickets';
import { useForm } from '#shared/forms/useForm';
import { count } from '#shared/format/text';
import { useCan } from '#shared/session/useMe';
import { FormDialog } from '#shared/ui/dialogs';
import { Markdown } from '#shared/ui/Markdown';
import { useToast } from '#shared/ui/toast';
import { useProblemChanges } from './useProblems';

/** Of one request at most. */
const ANSWERED_MAX = 100;

export function ProblemTickets({ problem }: { problem: ProblemRecord }) {
  const works = useCan()('catalog.all-tickets.write');
  const { unlink } = useProblemChanges(problem.id, undefined);
  const [dialog, setDialog] = useState<'link' | 'answer'>();
  const [refused, setRefused] = useState<readonly { id: string; text: string }[]>([]);
  const toast = useToast();
  const { tickets, workaround } = problem;
  const open = tickets.filter(({ state }) => !isDone(state));
  const close = () => setDialog(undefined);
  return (
    <Stack sx={{ gap: 1.5, alignItems: 'stretch' }}>
      {tickets.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          No ticket is linked to it yet.
        </Typography>
      )}
      {tickets.length > 0 && (
        <LinkedTickets
          tickets={tickets}
          busy={unlink.isPending}
          onRemove={works ? ({ id, number }) => unlink.mutate(id, { onSuccess: () => toast(`#${number} is not linked to it any more.`), onError: (failed) => toast(failed.detail, 'error') }) : undefined}
          mark={({ id }) => {
            const why = refused.find((one) => one.id === id);
            return (
              why !== undefined && (
                <Typography variant="caption" color="error" component="div">
                  {why.text}
                </Typography>
              )
            );
          }}
        />
      )}
      {works && (
        <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
          {workaround !== '' && open.length > 0 && (
            <Button variant="contained" onClick={() => setDialog('answer')}>
              Put the workaround into tickets…
            </Button>
          )}
          <Button variant="outlined" color="inherit" onClick={() => setDialog('link')}>
            Link a ticket…
          </Button>
        </Stack>
      )}
      {dialog === 'link' && <LinkDialog problem={problem} onClose={close} />}
      {dialog === 'answer' && <AnswerDialog problem={problem} open={open} onRefused={setRefused} onClose={close} />}
    </Stack>
  );
}

function LinkDialog({ problem, onClose }: { problem: ProblemRecord; onClose: () => void }) {
  const { link } = useProblemChanges(problem.id, undefined);
  const form = useForm<{ ticket_id: PickedTicket | null }>({ ticket_id: null });
  const ticket = form.values.ticket_id;
  const send = () => (ticket === null ? Promise.resolve() : link.mutateAsync(ticket.id));
  return (
    <FormDialog open title={`Link a ticket to problem ${problem.number}`} submit="Link" busy={form.busy} problem={form.problem} disabled={ticket === null} onClose={onClose} onSubmit={() => void form.submit(send).then((done) => done && onClose())}>
      <TicketPicker autoFocus label="Ticket" ticket={ticket} except={problem.tickets.map(({ id }) => id)} onChange={(next) => form.set('ticket_id', next)} error={form.error('ticket_id')} />
    </FormDialog>
  );
}

interface AnswerDialogProps {
  problem: ProblemRecord;
  open: readonly LinkedTicket[];
  onRefused: (refused: readonly { id: string; text: string }[]) => void;
  onClose: () => void;
}

function AnswerDialog({ problem, open, onRefused, onClose }: AnswerDialogProps) {
  const { reply } = useProblemChanges(problem.id, undefined);
  const form = useForm<{ ticket_ids: readonly string[] }>({ ticket_ids: open.slice(0, ANSWERED_MAX).map(({ id }) => id) });
  const chosen = form.values.ticket_ids;
  const toast = useToast();
  const send = async () => {
    const outcome = bulkOutcome(await reply.mutateAsync([...chosen]), open);
    onRefused(outcome.refused);
    toast(bulkSentence(outcome, 'answered'), outcome.refused.length === 0 ? 'success' : 'warning');
  };
  return (
    <FormDialog open wide title="Put the workaround into tickets" submit={`Answer ${count(chosen.length, 'ticket')}`} busy={form.busy} problem={form.problem} disabled={chosen.length === 0 || chosen.length > ANSWERED_MAX} onClose={onClose} onSubmit={() => void form.submit(send).then((done) => done && onClose())}>
      <Typography variant="body2">Each gets this as a public reply of yours, and its requester is told:</Typography>
      <Box sx={{ borderLeft: 3, borderColor: 'primary.main', pl: 1.5, maxHeight: 220, overflowY: 'auto' }}>
        <Markdown>{problem.workaround}</Markdown>
      </Box>
      <Stack role="group" aria-label="Tickets to answer">
        {open.map(({ id, number, title, state }) => (
          <FormControlLabel
            key={id}
            control={<Checkbox size="small" checked={chosen.includes(id)} onChange={(_, on) => form.set('ticket_ids', on ? [...chosen, id] : chosen.filter((one) => one !== id))} />}
            label={`#${number} · ${title} (${ticketState(state).word.toLowerCase()})`}
            slotProps={{ typography: { variant: 'body2', sx: { overflowWrap: 'anywhere' } } }}
          />
        ))}
      </Stack>
      {chosen.length > ANSWERED_MAX && <Alert severity="warning">At most {ANSWERED_MAX} at once.</Alert>}
    </FormDialog>
  );
}
