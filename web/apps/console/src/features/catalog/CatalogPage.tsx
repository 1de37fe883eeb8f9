/** The portal: what there is to ask for, by category, by word, and what one often asks for. */
import { Box, Button, Chip, LinearProgress, Skeleton, Stack, Typography } from '@mui/material';
import { PackageSearch, Star } from 'lucide-react';
import { useCallback } from 'react';
import { useCategories } from '#shared/api/useCategories';
import { useFilters } from '#shared/ui/useFilters';
import { Page } from '#shared/ui/Page';
import { SearchField } from '#shared/ui/SearchField';
import { Empty, Failed } from '#shared/ui/states';
import { ItemCards } from './ItemCards';
import { useItems } from './useItems';

export default function CatalogPage() {
  const [filters, set] = useFilters(['search', 'category', 'favourites']);
  const { search, category } = filters;
  const favourites = filters.favourites !== '';
  const categories = useCategories();
  const items = useItems({ search, category, favourites });
  const setSearch = useCallback((value: string) => set({ search: value }), [set]);
  const chosen = categories.data?.find(({ id }) => id === category);
  const filtered = search !== '' || category !== '' || favourites;
  return (
    <Page title="Catalog" about="What you can ask for. Pick what you need, and see who decides and what happens then.">
      <Stack sx={{ gap: 1.5 }}>
        <SearchField label="Search the catalog" value={search} onChange={setSearch} width={420} />
        <Box role="group" aria-label="Categories" sx={{ display: 'flex', flexWrap: { xs: 'nowrap', md: 'wrap' }, gap: 1, overflowX: 'auto', mx: { xs: -2, md: 0 }, px: { xs: 2, md: 0 }, py: 0.5 }}>
          <Choice label="Everything" on={category === '' && !favourites} onClick={() => set({ category: '', favourites: '' })} />
          <Choice label="Favourites" icon on={favourites} onClick={() => set({ favourites: favourites ? '' : 'yes' })} />
          {categories.data === undefined && categories.error === null && <Skeleton variant="rounded" width={320} height={32} />}
          {categories.data?.map(({ id, name }) => (
            <Choice key={id} label={name} on={category === id} onClick={() => set({ category: category === id ? '' : id })} />
          ))}
        </Box>
        {chosen !== undefined && chosen.description !== '' && (
          <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
            {chosen.description}
          </Typography>
        )}
      </Stack>
      {items.items === undefined && items.error === null && <LoadingCards />}
      {items.error !== null && <Failed problem={items.error} retry={items.reload} />}
      {items.items !== undefined && (
        <Box aria-busy={items.outdated}>
          <LinearProgress aria-hidden sx={{ height: 2, mb: 0.5, visibility: items.outdated ? 'visible' : 'hidden' }} />
          <ItemCards items={items.items} categoryName={(id) => categories.data?.find((each) => each.id === id)?.name ?? ''} />
          {items.items.length === 0 && <Nothing filtered={filtered} favourites={favourites} onClear={() => set({ search: '', category: '', favourites: '' })} />}
          {items.more !== undefined && (
            <Stack sx={{ pt: 2, alignItems: 'center' }}>
              <Button variant="outlined" onClick={items.more} loading={items.loadingMore}>
                Show more
              </Button>
            </Stack>
          )}
        </Box>
      )}
    </Page>
  );
}

interface ChoiceProps {
  label: string;
  on: boolean;
  icon?: boolean;
  onClick: () => void;
}

function Choice({ label, on, icon = false, onClick }: ChoiceProps) {
  return (
    <Chip
      size="medium"
      label={label}
      aria-pressed={on}
      color={on ? 'primary' : 'default'}
      variant={on ? 'filled' : 'outlined'}
      onClick={onClick}
      {...(icon && { icon: <Star size={14} aria-hidden fill={on ? 'currentColor' : 'none'} /> })}
      sx={{ flexShrink: 0, ...(!on && { bgcolor: 'background.paper' }) }}
    />
  );
}

function Nothing({ filtered, favourites, onClear }: { filtered: boolean; favourites: boolean; onClear: () => void }) {
  if (!filtered) {
    return (
      <Empty icon={PackageSearch} title="There is nothing to ask for yet">
        Once something is published for you or your groups it appears here.
      </Empty>
    );
  }
  const title = favourites ? 'None of your favourites is here' : 'Nothing matches';
  return (
    <Empty icon={favourites ? Star : PackageSearch} title={title} action={<Button onClick={onClear}>Show everything</Button>}>
      {favourites ? 'Mark what you often ask for with the star of its card.' : 'Try another word, or another category.'}
    </Empty>
  );
}

function LoadingCards() {
  return (
    <Box role="status" aria-label="Loading" sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'repeat(auto-fill, minmax(min(280px, 100%), 1fr))' }}>
      {Array.from({ length: 6 }, (_, at) => (
        <Skeleton key={at} variant="rounded" height={128} />
      ))}
    </Box>
  );
}
