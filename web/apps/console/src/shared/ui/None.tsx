import { Typography } from '@mui/material';

/** Stands where there is nothing to show. */
export function None({ word = 'None' }: { word?: string }) {
  return (
    <Typography component="span" variant="body2" color="textSecondary">
      {word}
    </Typography>
  );
}
