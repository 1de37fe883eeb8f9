import type { CatalogRequest, DecisionInput } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const touches = ['catalog.requests', 'catalog.approvals'];

export function useRequestChanges(id: string, etag: string | undefined) {
  const path = `/requests/${id}` as const;
  return {
    decide: useChange((decision: DecisionInput) => catalog.post<CatalogRequest>(`${path}/decisions`, decision), touches),
    cancel: useChange(() => catalog.post<CatalogRequest>(`${path}/cancel`, {}, etag), touches),
  };
}
