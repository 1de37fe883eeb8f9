import type { ItemSummary } from '@itechsmart/api';
import { useCatalogPages } from '#shared/api/useCatalog';

const PAGE_ITEMS = 48;

export interface Filter {
  search: string;
  category: string;
  favourites: boolean;
}

/** What the caller may ask for. */
export function useItems({ search, category, favourites }: Filter) {
  return useCatalogPages<ItemSummary>(['catalog.items'], '/items', {
    search: search || undefined,
    category_id: category || undefined,
    favourites: favourites ? 'true' : undefined,
    limit: PAGE_ITEMS,
  });
}
