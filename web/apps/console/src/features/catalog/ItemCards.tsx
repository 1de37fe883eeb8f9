/** What there is to ask for, a card each. */
import type { ItemSummary } from '@itechsmart/api';
import { Box, Link, Paper, Stack, Typography } from '@mui/material';
import { Boxes } from 'lucide-react';
import { Link as RouterLink } from 'react-router';
import { Price } from '#shared/catalog/Price';
import { Favourite } from './Favourite';

interface ItemCardsProps {
  items: readonly ItemSummary[];
  categoryName: (id: string) => string;
}

export function ItemCards({ items, categoryName }: ItemCardsProps) {
  return (
    <Box
      component="ul"
      aria-label="Items"
      sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1.5, gridTemplateColumns: 'repeat(auto-fill, minmax(min(280px, 100%), 1fr))' }}
    >
      {items.map((item) => (
        <Paper
          key={item.id}
          component="li"
          variant="outlined"
          sx={{ position: 'relative', p: 2, pt: 1.5, display: 'flex', flexDirection: 'column', gap: 0.5, '&:hover': { borderColor: 'primary.main' }, '& button': { position: 'relative', zIndex: 1 } }}
        >
          <Stack direction="row" sx={{ alignItems: 'flex-start', gap: 1, justifyContent: 'space-between' }}>
            <Typography variant="h3" component="h2" sx={{ pt: 0.75, overflowWrap: 'anywhere' }}>
              <Link
                component={RouterLink}
                to={`/service-catalog/browse/${item.id}`}
                color="inherit"
                underline="none"
                sx={{
                  '&::after': { content: '""', position: 'absolute', inset: 0 },
                  '&:focus-visible': { outline: 'none' },
                  '&:focus-visible::after': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: 2, borderRadius: 1 },
                }}
              >
                {item.name}
              </Link>
            </Typography>
            <Box sx={{ mr: -1 }}>
              <Favourite id={item.id} name={item.name} on={item.is_favourite} />
            </Box>
          </Stack>
          <Typography variant="body2" color="textSecondary" sx={{ flex: 1, overflowWrap: 'anywhere' }}>
            {item.summary}
          </Typography>
          <Stack direction="row" sx={{ mt: 1, gap: 1, justifyContent: 'space-between', alignItems: 'baseline' }}>
            <Typography variant="caption" color="textSecondary" noWrap sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75, minWidth: 0 }}>
              {item.is_bundle && (
                <>
                  <Boxes size={14} aria-hidden style={{ flexShrink: 0 }} />
                  Bundle ·{' '}
                </>
              )}
              {categoryName(item.category_id)}
            </Typography>
            <Typography variant="body2" sx={{ fontWeight: 600, fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
              <Price of={item.price} />
            </Typography>
          </Stack>
        </Paper>
      ))}
    </Box>
  );
}
