import type { CatalogRequest } from '@itechsmart/api';
import { useCatalogObject } from '#shared/api/useCatalog';

/** Others decide meanwhile, and no stream tells of it. */
const REFRESH_MS = 10_000;

export function useRequest(id: string) {
  return useCatalogObject<CatalogRequest>(['catalog.requests', id], `/requests/${id}`, { refetchInterval: REFRESH_MS });
}
