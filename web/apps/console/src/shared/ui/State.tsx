/** The state of something: a dot and a word, never colour alone. */
import { Box, Typography } from '@mui/material';
import type { ReactNode } from 'react';

export type Tone = 'success' | 'warning' | 'error' | 'info' | 'neutral';

interface StateProps {
  tone: Tone;
  /** Stands after a text. */
  apart?: boolean;
  children: ReactNode;
}

export function State({ tone, apart = false, children }: StateProps) {
  const color = tone === 'neutral' ? 'text.secondary' : `${tone}.main`;
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75, whiteSpace: 'nowrap', ...(apart && { ml: 1 }) }}>
      <Box
        component="span"
        aria-hidden
        sx={{
          width: 8,
          height: 8,
          borderRadius: '50%',
          flexShrink: 0,
          ...(tone === 'neutral' ? { border: 1.5, borderColor: color } : { bgcolor: color }),
        }}
      />
      <Typography component="span" variant="body2" sx={{ color }}>
        {children}
      </Typography>
    </Box>
  );
}
