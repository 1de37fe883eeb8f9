/** The major incident that a ticket is part of: how it stands, as its requester may read it. */
import type { Ticket } from '@itechsmart/api';
import { Alert, AlertTitle, Box, Button, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { Link } from 'react-router';
import { incidentPath, incidentState, isActive } from '#shared/catalog/incidents';
import { useCan } from '#shared/session/useMe';
import { Markdown } from '#shared/ui/Markdown';
import { ExactTime } from '#shared/ui/Time';
import { useAffecting } from './useLinks';

export function Affecting({ ticket }: { ticket: Ticket }) {
  const { data } = useAffecting(ticket.id, ticket.major_incident_id != null);
  const reads = useCan()('catalog.major-incidents.read');
  const [all, setAll] = useState(false);
  if (ticket.major_incident_id == null || data === undefined) return null;
  const { id, title, state, updates } = data.data;
  const shown = all ? updates : updates.slice(0, 1);
  return (
    <Alert
      severity={isActive(state) ? 'warning' : 'success'}
      role="region"
      aria-label="Major incident"
      action={
        reads && (
          <Button color="inherit" component={Link} to={incidentPath(id)}>
            Open it
          </Button>
        )
      }
    >
      <AlertTitle sx={{ overflowWrap: 'anywhere' }}>
        Major incident: {title} ({incidentState(state).word.toLowerCase()})
      </AlertTitle>
      {updates.length === 0 && <Typography variant="body2">This ticket is part of it. What is new is said here.</Typography>}
      <Stack component="ul" sx={{ listStyle: 'none', m: 0, p: 0, gap: 1 }}>
        {shown.map(({ at, text }, index) => (
          <Box component="li" key={index}>
            <Typography variant="caption">
              <ExactTime>{at}</ExactTime>
            </Typography>
            <Markdown>{text}</Markdown>
          </Box>
        ))}
      </Stack>
      {updates.length > 1 && (
        <Button size="small" color="inherit" sx={{ mt: 0.5, ml: -0.5 }} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Only the latest' : `All ${updates.length} updates`}
        </Button>
      )}
    </Alert>
  );
}
