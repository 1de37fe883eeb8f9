import type { WebhookInput } from '@itechsmart/api';
import { FormControlLabel, Switch, TextField } from '@mui/material';
import { useForm } from '#shared/forms/useForm';
import { FormDialog, type EditDialogProps } from '#shared/ui/dialogs';
import { parsePatterns } from './patterns';

export function WebhookDialog({ title, submit, initial, save, onClose }: EditDialogProps<WebhookInput>) {
  const form = useForm({ url: initial.url, patterns: initial.patterns.join('\n'), enabled: initial.enabled });
  const send = async () => {
    const done = await form.submit(({ url, patterns, enabled }) =>
      save({ url: url.trim(), patterns: parsePatterns(patterns), enabled }),
    );
    if (done) onClose();
  };
  return (
    <FormDialog
      title={title}
      submit={submit}
      open
      busy={form.busy}
      problem={form.problem}
      onClose={onClose}
      onSubmit={() => void send()}
    >
      <TextField
        label="Address"
        type="url"
        autoFocus
        autoComplete="off"
        {...form.text('url', 'Gets a signed POST for each event. Private addresses are refused: ask your operator if you need one.')}
      />
      <TextField
        label="Events"
        multiline
        minRows={3}
        {...form.text('patterns', 'One pattern a line: hub.user.created, hub.user.*, or * for all.')}
      />
      <FormControlLabel
        label="Enabled"
        control={
          <Switch checked={form.values.enabled} onChange={(_, on) => form.set('enabled', on)} />
        }
      />
    </FormDialog>
  );
}
