/** Why a task failed, or why it goes on without it. */
import type { RequestTask } from '@itechsmart/api';
import { TextField } from '@mui/material';
import { useState } from 'react';
import { FormDialog } from '#shared/ui/dialogs';
import { useToast } from '#shared/ui/toast';
import { useTaskChanges } from './useTaskChanges';

const REASON_CHARS_MAX = 2_000;

interface WhyProps {
  request: string;
  task: Pick<RequestTask, 'key' | 'name'>;
  act: 'fail' | 'skip';
  onClose: () => void;
}

export function Why({ request, task, act, onClose }: WhyProps) {
  const change = useTaskChanges(request, task.key)[act];
  const [reason, setReason] = useState('');
  const toast = useToast();
  const fails = act === 'fail';
  return (
    <FormDialog
      open
      title={fails ? `“${task.name}” failed?` : `Go on without “${task.name}”?`}
      submit={fails ? 'It failed' : 'Pass over'}
      danger={fails}
      busy={change.isPending}
      problem={change.error}
      disabled={reason.trim() === ''}
      onClose={onClose}
      onSubmit={() =>
        change.mutate(reason, {
          onSuccess: () => {
            toast(fails ? 'Noted as failed.' : 'Passed over.');
            onClose();
          },
        })
      }
    >
      <TextField
        autoFocus
        required
        multiline
        minRows={2}
        maxRows={8}
        label="Reason"
        helperText="Those who go on with it read this; whoever asked does not."
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        slotProps={{ htmlInput: { maxLength: REASON_CHARS_MAX } }}
      />
    </FormDialog>
  );
}
