import type { ItemSummary } from '@itechsmart/api';
import { useMemo } from 'react';
import { useCatalogAll } from './useCatalog';
import { useCan } from '#shared/session/useMe';

/** The items that the caller sees, to narrow requests by and to put into bundles; no bundles. */
export function useItemNames() {
  const all = useCatalogAll<ItemSummary>(['catalog.items'], '/items', useCan()('catalog.items.read'));
  const { data, error, isFetching } = all;
  const items = useMemo(() => data?.filter(({ is_bundle }) => !is_bundle), [data]);
  return { data: items, error, isFetching };
}
