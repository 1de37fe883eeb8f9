/** The bundle that a request is part of, and how the rest of it stands. */
import type { CatalogRequest } from '@itechsmart/api';
import { Box, Link, Typography } from '@mui/material';
import { Link as RouterLink } from 'react-router';
import { RequestState } from '#shared/catalog/RequestState';
import { Section } from '#shared/ui/Page';

export function Together({ bundle }: { bundle: NonNullable<CatalogRequest['bundle']> }) {
  return (
    <Section title={`Part of “${bundle.name}”`} about={bundle.others.length === 0 ? 'Nothing else was chosen of it.' : 'Asked for at once. Each goes its own way.'}>
      {bundle.others.length > 0 && (
        <Box component="ul" aria-label="Asked for together" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}>
          {bundle.others.map(({ id, number, item_name, state, may_see }) => (
            <Typography key={id} component="li" variant="body2" sx={{ display: 'grid', gap: 0.25 }}>
              <Box component="span" sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
                {may_see ? (
                  <Link component={RouterLink} to={`/service-catalog/requests/${id}`}>
                    {number} · {item_name}
                  </Link>
                ) : (
                  `${number} · ${item_name}`
                )}
              </Box>
              <RequestState state={state} />
            </Typography>
          ))}
        </Box>
      )}
    </Section>
  );
}
