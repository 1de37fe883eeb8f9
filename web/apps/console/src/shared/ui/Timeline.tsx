/** What happened, in order: a dot, what it was, what was said, and when. */
import { Box, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import type { Tone } from './State';
import { ExactTime } from './Time';

export interface Happening {
  at: string;
  text: string;
  /** What somebody said about it. */
  reason?: ReactNode;
  tone: Tone;
}

export function Timeline({ happenings }: { happenings: readonly Happening[] }) {
  return (
    <Box component="ol" aria-label="Timeline" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {happenings.map(({ at, text, reason, tone }, index) => (
        <Box
          component="li"
          key={index}
          sx={{
            position: 'relative',
            pl: 2.75,
            pb: 1.5,
            '&:last-of-type': { pb: 0 },
            '&::before': { content: '""', position: 'absolute', left: 0, top: 6, width: 10, height: 10, borderRadius: '50%', bgcolor: tone === 'neutral' ? 'text.secondary' : `${tone}.main` },
            '&:not(:last-of-type)::after': { content: '""', position: 'absolute', left: 4.5, top: 20, bottom: -2, borderLeft: 1, borderColor: 'divider' },
          }}
        >
          <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
            {text}
          </Typography>
          {reason !== undefined && (
            <Typography variant="body2" color="textSecondary" component="div" sx={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
              “{reason}”
            </Typography>
          )}
          <Typography variant="caption" color="textSecondary">
            <ExactTime>{at}</ExactTime>
          </Typography>
        </Box>
      ))}
    </Box>
  );
}
