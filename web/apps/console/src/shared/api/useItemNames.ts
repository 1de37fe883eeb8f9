import type { ItemSummary } from '@itechsmart/api';
import { useCatalogAll } from './useCatalog';
import { useCan } from '#shared/session/useMe';

/** The items that the caller sees, to narrow requests by. */
export function useItemNames() {
  return useCatalogAll<ItemSummary>(['catalog.items'], '/items', useCan()('catalog.items.read'));
}
