import type { CatalogRequest, DecisionInput, Note, NoteInput, RatingInput } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const touches = ['catalog.requests', 'catalog.approvals', 'catalog.tasks'];

export function useRequestChanges(id: string, etag: string | undefined) {
  const path = `/requests/${id}` as const;
  return {
    decide: useChange((decision: DecisionInput) => catalog.post<CatalogRequest>(`${path}/decisions`, decision), touches),
    cancel: useChange(() => catalog.post<CatalogRequest>(`${path}/cancel`, {}, etag), touches),
    restart: useChange((reason: string) => catalog.post<CatalogRequest>(`${path}/restart`, { reason }, etag), touches),
    rate: useChange((rating: RatingInput) => catalog.post<CatalogRequest>(`${path}/rating`, rating), touches),
    note: useChange((note: NoteInput) => catalog.post<Note>(`${path}/notes`, note), ['catalog.notes', 'catalog.files']),
  };
}
