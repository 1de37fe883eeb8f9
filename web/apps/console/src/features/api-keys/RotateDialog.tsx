import type { ApiKey } from '@itechsmart/api';
import { MenuItem, TextField, Typography } from '@mui/material';
import { useForm } from '#shared/forms/useForm';
import { FormDialog } from '#shared/ui/dialogs';
import { overlaps } from './states';
import { useRotateKey } from './useApiKeyChanges';

interface RotateDialogProps {
  apiKey: ApiKey;
  onClose: () => void;
  onMade: (secret: string) => void;
}

export function RotateDialog({ apiKey, onClose, onMade }: RotateDialogProps) {
  const form = useForm({ overlap_s: '86400' });
  const rotate = useRotateKey();
  const submit = async () => {
    const done = await form.submit(async ({ overlap_s }) => {
      const made = await rotate.mutateAsync({ id: apiKey.id, overlap_s: Number(overlap_s) });
      onMade(made.key);
    });
    if (done) onClose();
  };
  return (
    <FormDialog
      title={`Rotate the key ${apiKey.name}?`}
      submit="Make a new one"
      open
      busy={form.busy}
      problem={form.problem}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Typography variant="body2">
        A new key with the same permissions takes the place of this one.
      </Typography>
      <TextField
        select
        label="The old one goes on for"
        {...form.text('overlap_s', 'Time to bring the new one to wherever the old one is used.')}
      >
        {overlaps.map(({ value, title }) => (
          <MenuItem key={value} value={value}>
            {title}
          </MenuItem>
        ))}
      </TextField>
    </FormDialog>
  );
}
