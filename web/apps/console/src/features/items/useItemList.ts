import type { ItemSummary } from '@itechsmart/api';
import { useCatalogPages } from '#shared/api/useCatalog';

export interface Filter {
  search: string;
  state: string;
  category: string;
}

export function useItemList({ search, state, category }: Filter) {
  return useCatalogPages<ItemSummary>(['catalog.items', 'list'], '/items', {
    search: search || undefined,
    state: state || 'published',
    category_id: category || undefined,
  });
}
