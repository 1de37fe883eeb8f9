/** What is over, day by day. */
import type { PublicStatus } from '@itechsmart/api';
import { Box, Stack, Typography } from '@mui/material';
import { civilDay } from '#shared/format/time';
import { pastDays } from './days';
import { Incident } from './Incident';
import { Maintenance } from './Maintenance';

export function Past({ status }: { status: PublicStatus }) {
  const days = pastDays(status);
  if (days.length === 0) {
    return (
      <Typography variant="body2" color="textSecondary">
        There was no incident and no maintenance.
      </Typography>
    );
  }
  return (
    <Stack sx={{ gap: 2.5 }}>
      {days.map(({ date, incidents, maintenance }) => (
        <Box component="section" key={date} aria-label={civilDay(date)}>
          <Typography variant="body2" color="textSecondary" component="h3" sx={{ fontWeight: 600, mb: 0.75 }}>
            {civilDay(date)}
          </Typography>
          <Stack sx={{ gap: 1.5 }}>
            {incidents.map((incident) => (
              <Incident key={incident.id} incident={incident} />
            ))}
            {maintenance.map((one) => (
              <Maintenance key={one.id} maintenance={one} />
            ))}
          </Stack>
        </Box>
      ))}
    </Stack>
  );
}
