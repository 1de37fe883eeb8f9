import { Box, Typography } from '@mui/material';

export function ChangeList({ changes }: { changes: readonly string[] }) {
  return (
    <Box component="ul" aria-label="What changed" sx={{ m: 0, mt: 1, pl: 2.5 }}>
      {changes.map((text) => (
        <Typography key={text} component="li" variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          {text}
        </Typography>
      ))}
    </Box>
  );
}
