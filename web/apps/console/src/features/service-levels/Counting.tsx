/** What stops clocks, when they warn, and how long a requester can reopen. */
import type { TicketPending } from '@itechsmart/api';
import { Box, Checkbox, FormControl, FormControlLabel, FormGroup, FormLabel, Typography } from '@mui/material';
import { capital } from '#shared/catalog/words';
import { pendingWords } from '#shared/catalog/tickets';
import { DurationField } from '#shared/forms/DurationField';
import { NumberField } from '#shared/forms/NumberField';
import { duration } from '#shared/format/time';
import { Fact, Facts, Section } from '#shared/ui/Page';
import { MINUTES_MAX, type LevelsProps } from './levels';

const kinds = Object.entries(pendingWords) as [TicketPending, string][];

export function Counting({ levels: { pausing, warn_percent, reopen_minutes }, onChange, writes }: LevelsProps) {
  if (!writes) {
    return (
      <Section title="Counting">
        <Facts columns={3}>
          <Fact name="Pauses while it waits for">{pausing.map((one) => pendingWords[one] ?? one).join(', ') || 'nothing'}</Fact>
          <Fact name="Warns at">{warn_percent} % of a target</Fact>
          <Fact name="Reopens within">{duration(reopen_minutes)}</Fact>
        </Facts>
      </Section>
    );
  }
  const toggle = (one: TicketPending, on: boolean) => onChange({ pausing: kinds.map(([kind]) => kind).filter((kind) => (kind === one ? on : pausing.includes(kind))) });
  return (
    <Section title="Counting">
      <Box sx={{ display: 'grid', gap: 2.5, gridTemplateColumns: { xs: '1fr', md: 'repeat(3, minmax(0, 1fr))' }, alignItems: 'start' }}>
        <FormControl component="fieldset">
          <FormLabel component="legend" sx={{ typography: 'body2', fontWeight: 600, color: 'text.primary' }}>
            Clocks pause while a ticket waits for
          </FormLabel>
          <FormGroup>
            {kinds.map(([kind, word]) => (
              <FormControlLabel key={kind} control={<Checkbox size="small" checked={pausing.includes(kind)} onChange={(_, on) => toggle(kind, on)} />} label={capital(word)} slotProps={{ typography: { variant: 'body2' } }} />
            ))}
          </FormGroup>
          <Typography variant="caption" color="textSecondary">
            Those of the solution and of groups. A first reply is due all the same.
          </Typography>
        </FormControl>
        <NumberField label="Clocks warn at (% of a target)" value={warn_percent} min={1} max={100} onChange={(percent) => onChange({ warn_percent: percent })} />
        <DurationField label="A requester can reopen within" minutes={reopen_minutes} min={0} max={MINUTES_MAX} onChange={(minutes) => onChange({ reopen_minutes: minutes })} />
      </Box>
    </Section>
  );
}
