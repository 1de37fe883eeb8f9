/** What the keys do, and a switch to have none of it. */
import { Box, Button, Dialog, DialogActions, DialogContent, DialogTitle, Typography } from '@mui/material';
import { Fragment, useId } from 'react';
import { Toggle } from '#shared/ui/Toggle';
import { keyHelp } from './keys';

interface KeyHelpProps {
  open: boolean;
  on: boolean;
  onSwitch: (on: boolean) => void;
  onClose: () => void;
}

export function KeyHelp({ open, on, onSwitch, onClose }: KeyHelpProps) {
  const id = useId();
  return (
    <Dialog open={open} onClose={onClose} aria-labelledby={id} maxWidth="xs">
      <DialogTitle id={id}>Keys of the queue</DialogTitle>
      <DialogContent>
        <Box component="dl" sx={{ m: 0, mb: 2, display: 'grid', gridTemplateColumns: 'auto 1fr', columnGap: 2, rowGap: 1, alignItems: 'baseline' }}>
          {keyHelp.map(([keys, does]) => (
            <Fragment key={does}>
              <Box component="dt" sx={{ display: 'flex', gap: 0.5 }}>
                {keys.map((key) => (
                  <Key key={key}>{key}</Key>
                ))}
              </Box>
              <Typography component="dd" variant="body2" sx={{ m: 0 }}>
                {does}
              </Typography>
            </Fragment>
          ))}
        </Box>
        <Toggle label="Use these keys" on={on} onChange={onSwitch} />
      </DialogContent>
      <DialogActions>
        <Button variant="contained" autoFocus onClick={onClose}>
          Close
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Key({ children }: { children: string }) {
  return (
    <Box component="kbd" sx={{ typography: 'code', border: 1, borderColor: 'divider', borderRadius: 0.75, bgcolor: 'background.sunken', px: 0.75, whiteSpace: 'nowrap' }}>
      {children}
    </Box>
  );
}
