/** Starts an approval anew that had nobody to ask, once there is somebody. */
import type { CatalogRequest } from '@itechsmart/api';
import { Button, TextField, Typography } from '@mui/material';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { sentence } from '#shared/format/text';
import { FormDialog } from '#shared/ui/dialogs';
import { useToast } from '#shared/ui/toast';
import { useRequestChanges } from './useRequestChanges';

const REASON_CHARS_MAX = 4_000;

export function Restart({ request, etag }: { request: CatalogRequest; etag: string | undefined }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button color="inherit" startIcon={<RotateCcw size={15} aria-hidden />} onClick={() => setOpen(true)}>
        Start anew
      </Button>
      {open && <RestartDialog request={request} etag={etag} onClose={() => setOpen(false)} />}
    </>
  );
}

function RestartDialog({ request, etag, onClose }: { request: CatalogRequest; etag: string | undefined; onClose: () => void }) {
  const { restart } = useRequestChanges(request.id, etag);
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string>();
  const toast = useToast();
  const found = fault ?? restart.error?.byField().reason;
  const start = () => {
    if (reason.trim() === '') {
      setFault('Say what has changed: it is kept in the audit trail.');
      return;
    }
    restart.mutate(reason, {
      onSuccess: () => {
        toast('The approval is started anew.');
        onClose();
      },
    });
  };
  return (
    <FormDialog open title={`Start the approval of request ${request.number} anew?`} submit="Start anew" busy={restart.isPending} problem={found === undefined ? restart.error : null} onClose={onClose} onSubmit={start}>
      <Typography variant="body2">The stage that had nobody to ask is asked again, with those who are there now. What was approved before it stays.</Typography>
      <TextField
        label="Reason"
        required
        multiline
        minRows={2}
        maxRows={8}
        value={reason}
        error={found !== undefined}
        helperText={found === undefined ? 'For example who has joined the group that decides.' : sentence(found)}
        onChange={(event) => {
          setReason(event.target.value);
          setFault(undefined);
        }}
        slotProps={{ htmlInput: { maxLength: REASON_CHARS_MAX } }}
      />
    </FormDialog>
  );
}
