import type { CatalogRequest } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const touches = ['catalog.requests', 'catalog.approvals', 'catalog.tasks'];

/** What whoever works on a task does to it. */
export function useTaskChanges(request: string, key: string) {
  const path = `/requests/${request}/tasks/${key}` as const;
  return {
    complete: useChange(() => catalog.post<CatalogRequest>(`${path}/complete`, {}), touches),
    retry: useChange(() => catalog.post<CatalogRequest>(`${path}/retry`, {}), touches),
    fail: useChange((reason: string) => catalog.post<CatalogRequest>(`${path}/fail`, { reason }), touches),
    skip: useChange((reason: string) => catalog.post<CatalogRequest>(`${path}/skip`, { reason }), touches),
    assign: useChange((user_id: string | null) => catalog.put<CatalogRequest>(`${path}/assignee`, { user_id }), touches),
  };
}
