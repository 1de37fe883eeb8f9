/** The promise to the requester, by priority, and the tiers' own. */
import type { TargetMinutes } from '@itechsmart/api';
import { Box, Typography } from '@mui/material';
import { priorities, priorityTones, tiers } from '#shared/catalog/tickets';
import { DurationField } from '#shared/forms/DurationField';
import { span } from '#shared/format/span';
import { Fact, Facts, Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { MINUTE_MS, MINUTES_MAX, targetKeys, type LevelsProps } from './levels';

export function Targets({ levels, onChange, writes }: LevelsProps) {
  const { response_minutes, resolution_minutes, tier_minutes } = levels;
  return (
    <>
      <Section title="Targets" about="Until the first public reply, and until the solution.">
        <Box sx={{ display: 'grid', gap: 1.5 }}>
          {priorities.map((priority) => {
            const key = targetKeys[priority];
            const set = (name: 'response_minutes' | 'resolution_minutes', of: TargetMinutes) => (minutes: number) => onChange({ [name]: { ...of, [key]: minutes } });
            return (
              <Box key={priority} role="group" aria-label={priority} sx={{ display: 'grid', alignItems: 'center', gap: { xs: 1.25, md: 2 }, gridTemplateColumns: { xs: '1fr', md: '56px 1fr 1fr' }, pb: { xs: 1, md: 0 } }}>
                <State tone={priorityTones[priority]}>{priority}</State>
                {writes ? (
                  <>
                    <DurationField ofCalendar label="First reply within" minutes={response_minutes[key]} max={MINUTES_MAX} onChange={set('response_minutes', response_minutes)} />
                    <DurationField ofCalendar label="Solution within" minutes={resolution_minutes[key]} max={MINUTES_MAX} onChange={set('resolution_minutes', resolution_minutes)} />
                  </>
                ) : (
                  <>
                    <Typography variant="body2">First reply within {span(MINUTE_MS * response_minutes[key])}</Typography>
                    <Typography variant="body2">Solution within {span(MINUTE_MS * resolution_minutes[key])}</Typography>
                  </>
                )}
              </Box>
            );
          })}
        </Box>
      </Section>
      <Section title="Tiers" about="From a ticket’s arrival in a tier until the tier’s reply; never longer than its priority gives.">
        {writes ? (
          <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', md: 'repeat(3, minmax(0, 1fr))' } }}>
            {tiers.map((tier, at) => (
              <DurationField ofCalendar key={tier} label={`Tier ${tier} replies within`} minutes={tier_minutes[at] ?? 60} max={MINUTES_MAX} onChange={(minutes) => onChange({ tier_minutes: tier_minutes.map((old, index) => (index === at ? minutes : old)) })} />
            ))}
          </Box>
        ) : (
          <Facts columns={3}>
            {tiers.map((tier, at) => (
              <Fact key={tier} name={`Tier ${tier}`}>
                {span(MINUTE_MS * (tier_minutes[at] ?? 0))}
              </Fact>
            ))}
          </Facts>
        )}
      </Section>
    </>
  );
}
