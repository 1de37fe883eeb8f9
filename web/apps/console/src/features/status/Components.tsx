/** The services of a status page: how each stands, and how it stood on the days before. */
import type { ComponentState, PublicComponent, PublicStatus } from '@itechsmart/api';
import { Box, Paper, Stack, Typography, useMediaQuery } from '@mui/material';
import type { Theme } from '@mui/material/styles';
import { componentState } from '#shared/catalog/status';
import { count } from '#shared/format/text';
import { State } from '#shared/ui/State';
import { dayAfter, dayTitle, daysTold, grouped } from './days';

/** So many bars can be told apart on a phone. */
const DAYS_NARROW = 45;

export function Components({ status }: { status: PublicStatus }) {
  const narrow = useMediaQuery((theme: Theme) => theme.breakpoints.down('sm'));
  return grouped(status.components).map(({ name, components }) => (
    <Paper key={name ?? ''} variant="outlined">
      {name !== undefined && (
        <Typography variant="h3" sx={{ px: { xs: 2, sm: 2.5 }, pt: 1.75, color: 'text.secondary' }}>
          {name}
        </Typography>
      )}
      <Box component="ul" aria-label={name ?? 'Services'} sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {components.map((component) => (
          <One key={component.id} component={component} first={status.first_day} narrow={narrow} />
        ))}
      </Box>
    </Paper>
  ));
}

interface OneProps {
  component: PublicComponent;
  first: string;
  narrow: boolean;
}

function One({ component, first, narrow }: OneProps) {
  const { name, description, state, note, days } = component;
  const { tone, word } = componentState(state);
  const skipped = narrow ? Math.max(0, days.length - DAYS_NARROW) : 0;
  const shown = days.slice(skipped);
  return (
    <Box component="li" sx={{ px: { xs: 2, sm: 2.5 }, py: 1.75, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
      <Stack direction="row" sx={{ gap: 2, justifyContent: 'space-between', alignItems: 'baseline' }}>
        <Typography sx={{ fontWeight: 600, overflowWrap: 'anywhere', minWidth: 0 }}>{name}</Typography>
        <Box sx={{ flexShrink: 0 }}>
          <State tone={tone}>{word}</State>
        </Box>
      </Stack>
      {description !== '' && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
          {description}
        </Typography>
      )}
      {note != null && (
        <Typography variant="body2" sx={{ mt: 0.5, whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
          {note}
        </Typography>
      )}
      <Bars first={dayAfter(first, skipped)} days={shown} />
      <Stack direction="row" sx={{ justifyContent: 'space-between', gap: 1, mt: 0.5 }} aria-hidden>
        <Typography variant="caption" color="textSecondary">
          {count(shown.length, 'day')} ago
        </Typography>
        <Typography variant="caption" color="textSecondary" sx={{ textAlign: 'center' }}>
          {daysTold(shown)}
        </Typography>
        <Typography variant="caption" color="textSecondary">
          Today
        </Typography>
      </Stack>
    </Box>
  );
}

/** A picture for those who see it; a sentence for those who do not. */
function Bars({ first, days }: { first: string; days: PublicComponent['days'] }) {
  return (
    <Box role="img" aria-label={daysTold(days)} sx={{ display: 'flex', gap: { xs: '2px', sm: '3px' }, height: 30, mt: 1 }}>
      {days.map((day, place) => (
        <Box key={place} title={dayTitle(first, place, day ?? null)} sx={{ flex: 1, minWidth: 0, borderRadius: '2px', ...look(day ?? null) }} />
      ))}
    </Box>
  );
}

/** What is worse is also fuller: colours alone do not say it. */
function look(state: ComponentState | null) {
  switch (state) {
    case null:
      return { bgcolor: 'background.sunken', boxShadow: 'inset 0 0 0 1px var(--itechsmart-palette-divider)' };
    case 'operational':
      return { bgcolor: 'success.main' };
    case 'maintenance':
      return { bgcolor: 'info.main' };
    case 'degraded':
      return { bgcolor: 'warning.main' };
    case 'partial_outage':
      return { background: 'linear-gradient(to top, var(--itechsmart-palette-error-main) 60%, var(--itechsmart-palette-warning-main) 60%)' };
    default:
      return { bgcolor: 'error.main' };
  }
}
