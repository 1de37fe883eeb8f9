/** An incident, as everybody is told of it. */
import type { PublicIncident, PublicIncidentState } from '@itechsmart/api';
import { Box, Typography } from '@mui/material';
import { componentState } from '#shared/catalog/status';
import { duration, minute } from '#shared/format/time';
import { Markdown } from '#shared/ui/Markdown';
import type { Tone } from '#shared/ui/State';
import { Time } from '#shared/ui/Time';
import { Told } from './Told';

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
    <Told id={incident.id} title={incident.title} tone={tone} state={word}>
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
    </Told>
  );
}
