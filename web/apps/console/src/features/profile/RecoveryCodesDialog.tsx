/** Recovery codes, which the server shows once. */
import { Alert, Box, Button, Dialog, DialogActions, DialogContent, DialogTitle, Stack, Typography } from '@mui/material';
import { Download } from 'lucide-react';
import { CopyButton } from '#shared/ui/CopyButton';
import { saveFile } from '#shared/ui/saveFile';

interface RecoveryCodesDialogProps {
  codes: string[] | undefined;
  onClose: () => void;
}

export function RecoveryCodesDialog({ codes, onClose }: RecoveryCodesDialogProps) {
  const text = codes?.join('\n') ?? '';
  const save = () =>
    saveFile({ blob: new Blob([`${text}\n`], { type: 'text/plain' }), name: 'itechsmart-recovery-codes.txt' });
  return (
    <Dialog open={codes !== undefined} aria-labelledby="recovery-codes">
      <DialogTitle id="recovery-codes">Your recovery codes</DialogTitle>
      <DialogContent>
        <Stack sx={{ gap: 2, pt: 1 }}>
          <Alert severity="warning">
            Keep them where you will find them without your phone. They are shown only now, and
            those that you had before no longer work.
          </Alert>
          <Box
            component="ul"
            sx={{ listStyle: 'none', m: 0, p: 1.5, bgcolor: 'background.sunken', borderRadius: 1, border: 1, borderColor: 'divider', display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 0.75 }}
          >
            {codes?.map((code) => (
              <Typography key={code} component="li" variant="code">
                {code}
              </Typography>
            ))}
          </Box>
          <Stack direction="row" sx={{ gap: 1, alignItems: 'center' }}>
            <Button variant="outlined" startIcon={<Download size={15} aria-hidden />} onClick={save}>
              Save as a file
            </Button>
            <CopyButton text={text} label="Copy all" />
          </Stack>
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose}>
          I have kept them
        </Button>
      </DialogActions>
    </Dialog>
  );
}
