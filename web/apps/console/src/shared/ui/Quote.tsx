/** What somebody said, as they said it. */
import { Typography } from '@mui/material';

export function Quote({ children }: { children: string }) {
  return (
    <Typography
      variant="body2"
      color="textSecondary"
      component="blockquote"
      sx={{ m: 0, mt: 0.5, pl: 1.25, borderLeft: 2, borderColor: 'divider', whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}
    >
      {children}
    </Typography>
  );
}
