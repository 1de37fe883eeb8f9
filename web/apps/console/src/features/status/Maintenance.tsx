/** Maintenance, as everybody is told of it. */
import type { PublicMaintenance } from '@itechsmart/api';
import { Box, Paper, Stack, Typography } from '@mui/material';
import { phases } from '#shared/catalog/status';
import { minute } from '#shared/format/time';
import { Markdown } from '#shared/ui/Markdown';
import { State } from '#shared/ui/State';
import { Time } from '#shared/ui/Time';

export function Maintenance({ maintenance }: { maintenance: PublicMaintenance }) {
  const { id, title, text, phase, begins_at, ends_at, components } = maintenance;
  const { tone, word } = phases[phase];
  return (
    <Paper variant="outlined" component="article" id={id} sx={{ p: { xs: 2, sm: 2.5 }, scrollMarginTop: 16 }}>
      <Stack direction="row" sx={{ gap: { xs: 0.5, sm: 2 }, justifyContent: 'space-between', alignItems: 'baseline', flexWrap: 'wrap' }}>
        <Typography variant="h3" sx={{ fontSize: '1.0625rem', overflowWrap: 'anywhere', minWidth: 0 }}>
          {title}
        </Typography>
        <State tone={tone}>
          {word}
          {phase === 'coming' && (
            <>
              , begins <Time>{begins_at}</Time>
            </>
          )}
          {phase === 'running' && (
            <>
              , ends <Time>{ends_at}</Time>
            </>
          )}
        </State>
      </Stack>
      <Typography variant="body2" color="textSecondary">
        {minute(begins_at)} to {minute(ends_at)}
      </Typography>
      <Typography variant="body2" sx={{ mt: 0.75, overflowWrap: 'anywhere' }}>
        {components.join(', ')}
      </Typography>
      {text !== '' && (
        <Box sx={{ mt: 1 }}>
          <Markdown>{text}</Markdown>
        </Box>
      )}
    </Paper>
  );
}
