/** Saves what was edited on a page, or discards it; says so where somebody else was faster. */
import type { Problem } from '@itechsmart/api';
import { Alert, Box, Button, Stack, Typography } from '@mui/material';
import { FormProblem } from './states';

interface SaveBarProps {
  dirty: boolean;
  outdated: boolean;
  busy: boolean;
  problem: Problem | null;
  disabled?: boolean;
  onSave: () => void;
  onDiscard: () => void;
}

export function SaveBar({ dirty, outdated, busy, problem, disabled = false, onSave, onDiscard }: SaveBarProps) {
  if (!dirty && problem === null) return null;
  return (
    <Box sx={{ position: 'sticky', bottom: 0, zIndex: 2, bgcolor: 'background.paper', border: 1, borderColor: 'divider', borderRadius: 1, p: 1.5, boxShadow: '0 -4px 16px rgb(0 0 0 / 0.08)' }}>
      {outdated && (
        <Alert
          severity="warning"
          sx={{ mb: 1 }}
          action={
            <Button color="inherit" onClick={onDiscard}>
              Show theirs
            </Button>
          }
        >
          Somebody else changed this meanwhile. What you typed is still here: saved now, it replaces theirs.
        </Alert>
      )}
      <FormProblem problem={problem} />
      <Stack direction="row" sx={{ gap: 1, alignItems: 'center', mt: problem === null ? 0 : 1, flexWrap: 'wrap' }}>
        <Button variant="contained" loading={busy} disabled={disabled || !dirty} onClick={onSave}>
          Save
        </Button>
        <Button color="inherit" disabled={busy} onClick={onDiscard}>
          Discard
        </Button>
        <Typography variant="body2" color="textSecondary">
          Not saved yet.
        </Typography>
      </Stack>
    </Box>
  );
}
