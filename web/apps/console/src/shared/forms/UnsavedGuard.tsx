/** Asks before what was not saved is lost: on the way to another page, and when the tab closes. */
import { Button, Dialog, DialogActions, DialogContent, DialogTitle, Typography } from '@mui/material';
import { useEffect, useId, type RefObject } from 'react';
import { useBlocker } from 'react-router';

interface UnsavedGuardProps {
  dirty: boolean;
  /** Set where all is saved, but the page does not know yet. */
  leaving: RefObject<boolean>;
}

export function UnsavedGuard({ dirty, leaving }: UnsavedGuardProps) {
  const id = useId();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      dirty && !leaving.current && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [dirty]);
  return (
    <Dialog open={blocker.state === 'blocked'} onClose={() => blocker.reset?.()} aria-labelledby={id}>
      <DialogTitle id={id}>Leave without saving?</DialogTitle>
      <DialogContent>
        <Typography variant="body2">What you changed since it was last saved is lost.</Typography>
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={() => blocker.reset?.()}>
          Stay
        </Button>
        <Button variant="contained" color="error" onClick={() => blocker.proceed?.()}>
          Leave
        </Button>
      </DialogActions>
    </Dialog>
  );
}
