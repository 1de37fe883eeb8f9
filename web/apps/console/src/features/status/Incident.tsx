/** An incident, as everybody is told of it. */
import type { PublicIncident, PublicIncidentState } from '@itechsmart/api';
import { Box, Paper, Stack, Typography } from '@mui/material';
import { componentState } from '#shared/catalog/status';
import { duration, minute } from '#shared/format/time';
import { Markdown } from '#shared/ui/Markdown';
import { State, type Tone } from '#shared/ui/State';
import { Time } from '#shared/ui/Time';

const states: Record<PublicIncidentState, { tone: Tone; word: string }> = {
  declared: { tone: 'error', word: 'We know of it' },
  investigating: { tone: 'error', word: 'Investigating' },
  identified: { tone: 'warning', word: 'Cause found' },
  monitoring: { tone: 'warning', word: 'Watching the fix' },
  resolved: { tone: 'success', word: 'Resolved' },
};

export function Incident({ incident }: { incident: PublicIncident }) {
  const { tone, word } = states[incident.state] ?? { tone: 'neutral', word: 'Going on' };
  const { began_at, resolved_at } = incident;
  const took = resolved_at == null ? undefined : Math.max(1, Math.round((Date.parse(resolved_at) - Date.parse(began_at)) / 60_000));
  return (
    <Paper variant="outlined" component="article" id={incident.id} sx={{ p: { xs: 2, sm: 2.5 }, scrollMarginTop: 16 }}>
      <Stack direction="row" sx={{ gap: { xs: 0.5, sm: 2 }, justifyContent: 'space-between', alignItems: 'baseline', flexWrap: 'wrap' }}>
        <Typography variant="h3" sx={{ fontSize: '1.0625rem', overflowWrap: 'anywhere', minWidth: 0 }}>
          {incident.title}
        </Typography>
        <State tone={tone}>{word}</State>
      </Stack>
      <Typography variant="body2" color="textSecondary">
        Began {resolved_at == null ? <Time>{began_at}</Time> : minute(began_at)}
        {took !== undefined && `, took ${duration(took)}`}
      </Typography>
      {incident.components.length > 0 && (
        <Typography variant="body2" sx={{ mt: 0.75, overflowWrap: 'anywhere' }}>
          {incident.components.map(({ name, impact }) => `${name} (${componentState(impact).word.toLowerCase()})`).join(', ')}
        </Typography>
      )}
      {incident.updates.length > 0 && (
        <Box component="ol" aria-label={`Updates: ${incident.title}`} sx={{ listStyle: 'none', m: 0, mt: 1.5, p: 0, borderLeft: 2, borderColor: 'divider' }}>
          {incident.updates.map(({ at, text }, place) => (
            <Box component="li" key={`${at}-${incident.updates.length - place}`} sx={{ pl: 2, py: 0.75, overflowWrap: 'anywhere' }}>
              <Typography variant="caption" color="textSecondary" component="div">
                {minute(at)}
              </Typography>
              <Markdown>{text}</Markdown>
            </Box>
          ))}
        </Box>
      )}
    </Paper>
  );
}
