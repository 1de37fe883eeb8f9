/** A secret that the server shows once: whoever closes this has kept it. */
import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle, Stack, Typography } from '@mui/material';
import { useId } from 'react';
import { CodeBlock } from './Code';

interface SecretOnceProps {
  title: string;
  about: string;
  secret: string | undefined;
  onClose: () => void;
}

export function SecretOnce({ title, about, secret, onClose }: SecretOnceProps) {
  const id = useId();
  return (
    <Dialog open={secret !== undefined} aria-labelledby={id}>
      <DialogTitle id={id}>{title}</DialogTitle>
      <DialogContent>
        <Stack sx={{ gap: 2, pt: 1 }}>
          <Alert severity="warning">
            Copy it now. It is kept as a hash only, so nobody can show it again.
          </Alert>
          <CodeBlock>{secret ?? ''}</CodeBlock>
          <Typography variant="body2" color="textSecondary">
            {about}
          </Typography>
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose}>
          I have copied it
        </Button>
      </DialogActions>
    </Dialog>
  );
}
