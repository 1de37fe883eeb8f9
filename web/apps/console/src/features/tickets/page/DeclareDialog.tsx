/** Declares a ticket a major incident, and says whom that calls. */
import type { DeclareInput, NamedUser, Ticket } from '@itechsmart/api';
import { Alert, TextField } from '@mui/material';
import { useForm } from '#shared/forms/useForm';
import { useMe } from '#shared/session/useMe';
import { FormDialog } from '#shared/ui/dialogs';
import { PersonPicker } from '#shared/ui/PersonPicker';

interface DeclareDialogProps {
  ticket: Ticket;
  save: (declare: DeclareInput) => Promise<unknown>;
  onClose: () => void;
}

export function DeclareDialog({ ticket, save, onClose }: DeclareDialogProps) {
  const me = useMe();
  const form = useForm<{ title: string; public_title: string; reason: string; commander_id: NamedUser | null }>({ title: ticket.title, public_title: '', reason: '', commander_id: { id: me.id, name: me.name } });
  const { title, public_title, reason, commander_id: commander } = form.values;
  const send = () => save({ title: title.trim(), public_title: public_title.trim() === '' ? null : public_title, reason, commander_id: commander?.id ?? null });
  return (
    <FormDialog open danger title={`Declare #${ticket.number} a major incident`} submit="Declare" busy={form.busy} problem={form.problem} disabled={title.trim() === '' || reason.trim() === '' || commander === null} onClose={onClose} onSubmit={() => void form.submit(send).then((done) => done && onClose())}>
      <Alert severity="warning">The technical ladder is called, if there is one, and all who see major incidents hear of it.</Alert>
      <TextField required label="Title" {...form.text('title', 'All who are affected read it: say what does not work.')} slotProps={{ htmlInput: { maxLength: 200 } }} />
      <TextField autoFocus required label="Why it is one" multiline minRows={2} maxRows={8} {...form.text('reason', 'The timeline begins with it.')} slotProps={{ htmlInput: { maxLength: 10_000 } }} />
      <TextField label="Title for everybody" {...form.text('public_title', 'Puts it on the public status page, as this. It can be put there later, too.')} slotProps={{ htmlInput: { maxLength: 200 } }} />
      <PersonPicker required label="Commander" person={commander} onChange={(person) => form.set('commander_id', person)} help="Leads it, and can hand it over." error={form.error('commander_id')} />
    </FormDialog>
  );
}
