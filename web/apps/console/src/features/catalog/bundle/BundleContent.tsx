/** A bundle: what belongs to it, what may be left out, what that costs, and the forms to ask for it. */
import type { BundleOffer, Item, ItemVersion } from '@itechsmart/api';
import { Box, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { Price } from '#shared/catalog/Price';
import { useCan } from '#shared/session/useMe';
import { Section } from '#shared/ui/Page';
import { Failed, LoadingPage } from '#shared/ui/states';
import { About } from '../About';
import { useOffer } from '../useOffer';
import { BundleForm } from './BundleForm';
import { chosenOf, priceOf } from './choice';

export function BundleContent({ item, version }: { item: Item; version: ItemVersion }) {
  const offer = useOffer(item.id);
  const sends = useCan()('catalog.requests.write') && item.state === 'published';
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  if (offer.data === undefined) return offer.error === null ? <LoadingPage /> : <Failed problem={offer.error} retry={() => void offer.refetch()} />;
  const { data } = offer.data;
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 2,
        alignItems: 'start',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) 320px' },
      }}
    >
      <Stack sx={{ gap: 2, minWidth: 0, gridRow: { xs: 2, lg: 1 } }}>
        <About description={version.description} />
        <BundleForm id={item.id} offer={data} left={left} onLeft={setLeft} sends={sends} />
      </Stack>
      <Box sx={{ minWidth: 0, position: { lg: 'sticky' }, top: { lg: 76 } }}>
        <Together offer={data} left={left} />
      </Box>
    </Box>
  );
}

function Together({ offer: { parts }, left }: { offer: BundleOffer; left: ReadonlySet<number> }) {
  const chosen = chosenOf(parts, left);
  const line = { display: 'flex', gap: 1.5, justifyContent: 'space-between', alignItems: 'baseline' } as const;
  const figure = { fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' } as const;
  return (
    <Section title="What you ask for" about="Each becomes a request of its own.">
      <Box component="ul" aria-label="What you ask for" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}>
        {chosen.map(({ place, name, offered }) => (
          <Typography key={place} component="li" variant="body2" sx={line}>
            <Box component="span" sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              {name}
            </Box>
            <Box component="span" sx={figure}>
              {offered == null ? '–' : <Price of={offered.price} />}
            </Box>
          </Typography>
        ))}
      </Box>
      <Typography variant="body2" sx={{ ...line, mt: 1.5, pt: 1.5, borderTop: 1, borderColor: 'divider', fontWeight: 600 }}>
        <span>Together</span>
        <Box component="span" sx={figure}>
          <Price of={priceOf(chosen)} />
        </Box>
      </Typography>
    </Section>
  );
}
