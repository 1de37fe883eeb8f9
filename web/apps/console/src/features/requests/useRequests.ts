import type { RequestSummary } from '@itechsmart/api';
import { useCatalogPages } from '#shared/api/useCatalog';

export interface Filter {
  state: string;
  item: string;
}

const KEY = 'catalog.requests';

const query = ({ state, item }: Filter) => ({ state: state || undefined, item_id: item || undefined });

/** Requests that the caller made, or that are for them. */
export function useMyRequests(filter: Filter) {
  return useCatalogPages<RequestSummary>([KEY, 'my'], '/my/requests', query(filter));
}

export function useAllRequests(filter: Filter) {
  return useCatalogPages<RequestSummary>([KEY, 'all'], '/requests', query(filter));
}
