/** Says how a ticket was solved. */
import { TextField } from '@mui/material';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';

export const SOLUTION_CHARS_MAX = 20_000;

interface ResolveProps {
  title: string;
  save: (values: { solution: string }) => Promise<unknown>;
  onClose: () => void;
}

export function Resolve({ title, save, onClose }: ResolveProps) {
  const form = useForm({ solution: '' });
  return (
    <FormDialog open title={title} submit="Resolve" busy={form.busy} problem={form.problem} disabled={form.values.solution.trim() === ''} onClose={onClose} onSubmit={() => void form.submit(save).then((done) => done && onClose())}>
      <TextField
        autoFocus
        required
        label="Solution"
        multiline
        minRows={4}
        maxRows={14}
        {...form.text('solution', 'How it was solved. The requester reads it, and Markdown works in it.')}
        slotProps={{ htmlInput: { maxLength: SOLUTION_CHARS_MAX } }}
      />
    </FormDialog>
  );
}
