/** Takes a message as somebody's: as a new ticket, or as a reply to one. */
import type { AcceptMailInput, MailMessage, NamedUser } from '@itechsmart/api';
import { Alert, Typography } from '@mui/material';
import { useState } from 'react';
import { usePeople } from '#shared/api/usePeople';
import { TicketPicker, type PickedTicket } from '#shared/catalog/TicketPicker';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';
import { OptionGroup, type Option } from '#shared/ui/OptionGroup';
import { PersonPicker } from '#shared/ui/PersonPicker';

type As = 'itself' | 'reply';

const ways: readonly Option<As>[] = [
  { value: 'itself', title: 'As it says', about: 'A reply where it answers a letter of ours, and a new ticket otherwise.' },
  { value: 'reply', title: 'As a reply to a ticket', about: 'What it says becomes a public reply there.' },
];

interface AcceptDialogProps {
  message: MailMessage;
  save: (input: AcceptMailInput) => Promise<unknown>;
  onClose: () => void;
}

export function AcceptDialog({ message, save, onClose }: AcceptDialogProps) {
  const form = useForm<{ user_id: NamedUser | null | undefined; ticket_id: PickedTicket | null }>({ user_id: undefined, ticket_id: null });
  const [way, setWay] = useState<As>('itself');
  const claimed = usePeople(message.sender ?? '').data?.items.find(({ email }) => email.toLowerCase() === message.sender?.toLowerCase());
  // Whoever it says it is from, until somebody else is chosen.
  const person = form.values.user_id === undefined ? (claimed ?? null) : form.values.user_id;
  const ticket = way === 'reply' ? form.values.ticket_id : null;
  const send = async () => {
    if (person !== null) await save({ user_id: person.id, ticket_id: ticket?.id ?? null });
  };
  return (
    <FormDialog
      open
      title="Accept this message"
      submit="Accept"
      busy={form.busy}
      problem={form.problem}
      disabled={person === null || (way === 'reply' && ticket === null)}
      onClose={onClose}
      onSubmit={() => void form.submit(send).then((done) => done && onClose())}
    >
      <PersonPicker label="Whose it is" required person={person} onChange={(next) => form.set('user_id', next)} error={form.error('user_id')} help="They become its requester, or who replied, and get the desk’s letters about it." />
      {person !== null && person.id === claimed?.id && message.reason === 'unauthenticated' && (
        <Alert severity="warning">
          <Typography variant="body2">Anybody can write this address into a message. Accept it only if it reads as if {person.name} wrote it, or after asking.</Typography>
        </Alert>
      )}
      <OptionGroup label="How" options={ways} value={way} onChange={setWay} />
      {way === 'reply' && <TicketPicker autoFocus label="Ticket" ticket={form.values.ticket_id} onChange={(next) => form.set('ticket_id', next)} error={form.error('ticket_id')} />}
    </FormDialog>
  );
}
