/** What a ticket is about, and how urgent it is. */
import type { Impact, Ticket, TicketChange, TicketKind, Urgency } from '@itechsmart/api';
import { MenuItem, Stack, TextField } from '@mui/material';
import { useState } from 'react';
import { impacts, ticketKinds, urgencies } from '#shared/catalog/tickets';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';
import { Tags } from '../Tags';

interface Values {
  title: string;
  description: string;
  kind: TicketKind;
  impact: Impact;
  urgency: Urgency;
  tags: string[];
}

interface EditDialogProps {
  ticket: Ticket;
  save: (change: TicketChange) => Promise<unknown>;
  onClose: () => void;
}

export function EditDialog({ ticket, save, onClose }: EditDialogProps) {
  // As it was when the dialog opened: what somebody else changes meanwhile is not undone.
  const [initial] = useState<Values>({
    title: ticket.title,
    description: ticket.description,
    kind: ticket.kind as TicketKind,
    impact: ticket.impact as Impact,
    urgency: ticket.urgency as Urgency,
    tags: ticket.tags,
  });
  const form = useForm(initial);
  const send = (values: Values) => save(Object.fromEntries(Object.entries(values).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(initial[name as keyof Values]))));
  const choice = (name: 'kind' | 'impact' | 'urgency', label: string, options: [string, string][]) => (
    <TextField select label={label} value={form.values[name]} onChange={(event) => form.set(name, event.target.value as never)}>
      {options.map(([value, word]) => (
        <MenuItem key={value} value={value}>
          {word}
        </MenuItem>
      ))}
    </TextField>
  );
  const worded = (of: Record<string, { word: string; plain: string }>): [string, string][] => Object.entries(of).map(([value, { word, plain }]) => [value, `${word}: ${plain.charAt(0).toLowerCase()}${plain.slice(1)}`]);
  return (
    <FormDialog open wide title={`Change #${ticket.number}`} submit="Save" busy={form.busy} problem={form.problem} onClose={onClose} onSubmit={() => void form.submit(send).then((done) => done && onClose())}>
      <TextField label="Title" required {...form.text('title')} slotProps={{ htmlInput: { maxLength: 200 } }} />
      <TextField label="Description" multiline minRows={4} maxRows={14} {...form.text('description')} slotProps={{ htmlInput: { maxLength: 20_000 } }} />
      <Stack sx={{ gap: 2, flexDirection: { sm: 'row' } }}>
        {choice('impact', 'Impact', worded(impacts))}
        {choice('urgency', 'Urgency', worded(urgencies))}
      </Stack>
      {choice('kind', 'Kind', Object.entries(ticketKinds))}
      <Tags tags={form.values.tags} onChange={(tags) => form.set('tags', tags)} error={form.error('tags')} />
    </FormDialog>
  );
}
