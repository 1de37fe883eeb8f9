/** Makes a ticket of one message, and says what that does. */
import type { SplitInput, Ticket } from '@itechsmart/api';
import { Box, TextField, Typography } from '@mui/material';
import { useForm } from '#shared/forms/useForm';
import { minute } from '#shared/format/time';
import { FormDialog } from '#shared/ui/dialogs';
import { Markdown } from '#shared/ui/Markdown';

/** What the requester reads: the first message, or a public reply. */
export interface Message {
  number: number;
  at: string;
  who: string;
  text: string;
}

interface SplitDialogProps {
  ticket: Ticket;
  message: Message;
  save: (split: SplitInput) => Promise<unknown>;
  onClose: () => void;
}

export function SplitDialog({ ticket, message, save, onClose }: SplitDialogProps) {
  const form = useForm({ title: ticket.title });
  const title = form.values.title.trim();
  const send = () => save({ event: message.number, title });
  return (
    <FormDialog open title={`Split off a ticket from #${ticket.number}`} submit="Split off" busy={form.busy} problem={form.problem} disabled={title === ''} onClose={onClose} onSubmit={() => void form.submit(send).then((done) => done && onClose())}>
      <TextField autoFocus required label="Title of the new ticket" {...form.text('title')} slotProps={{ htmlInput: { maxLength: 200 } }} />
      <Box sx={{ borderLeft: 3, borderColor: 'divider', pl: 1.5, maxHeight: 200, overflowY: 'auto' }}>
        <Typography variant="caption" color="textSecondary">
          {message.who}, {minute(message.at)}
        </Typography>
        {message.text === '' ? <Typography variant="body2">{ticket.title}</Typography> : <Markdown>{message.text}</Markdown>}
      </Box>
      <Box component="ul" sx={{ m: 0, pl: 2.5, typography: 'body2', display: 'grid', gap: 0.5 }}>
        <li>The message becomes the description of a new ticket. Its requester is whoever wrote it; where the desk did, the one of this ticket.</li>
        <li>It has the same group, tier and priority, and nobody has it yet.</li>
        <li>Its clocks run from when the message came in.</li>
        <li>The two are linked, and the message stays here, too.</li>
      </Box>
    </FormDialog>
  );
}
