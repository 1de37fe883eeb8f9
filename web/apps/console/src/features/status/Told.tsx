/** Something that everybody is told of: what it is called, and how it stands, above what else there is to say. */
import { Paper, Stack, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { State, type Tone } from '#shared/ui/State';

interface ToldProps {
  /** Where a feed leads to. */
  id: string;
  title: string;
  tone: Tone;
  state: ReactNode;
  children: ReactNode;
}

export function Told({ id, title, tone, state, children }: ToldProps) {
  return (
    <Paper variant="outlined" component="article" id={id} sx={{ p: { xs: 2, sm: 2.5 }, scrollMarginTop: 16 }}>
      <Stack direction="row" sx={{ gap: { xs: 0.5, sm: 2 }, justifyContent: 'space-between', alignItems: 'baseline', flexWrap: 'wrap' }}>
        <Typography variant="h3" sx={{ fontSize: '1.0625rem', overflowWrap: 'anywhere', minWidth: 0 }}>
          {title}
        </Typography>
        <State tone={tone}>{state}</State>
      </Stack>
      {children}
    </Paper>
  );
}
