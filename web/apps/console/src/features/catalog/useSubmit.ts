import type { CatalogRequest, RequestInput } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

export function useSubmit() {
  return useChange(
    (request: RequestInput) => catalog.post<CatalogRequest>('/requests', request),
    ['catalog.requests', 'catalog.items'],
  );
}
