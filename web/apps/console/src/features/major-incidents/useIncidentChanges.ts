import type { BulkAnswer, IncidentMove, IncidentPublicInput, MajorIncident, MajorIncidentRole, Review, ReviewActionState, ReviewInput, ReviewTemplate, TemplateSection, TimelineInput, UpdateInput } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { STATUS_PAGE } from '#shared/api/useStatusPage';
import { catalog } from '#shared/session/session';
import { INCIDENTS, TEMPLATE } from './useIncidents';

const touches = [INCIDENTS, 'catalog.tickets'];

export function useIncidentChanges(id: string, etag: string | undefined) {
  const path = `/major-incidents/${id}` as const;
  return {
    assign: useChange(({ role, user_id }: { role: MajorIncidentRole; user_id: string | null }) => catalog.put<MajorIncident>(`${path}/roles/${role}`, { user_id }, etag), touches),
    move: useChange((move: IncidentMove) => catalog.post<MajorIncident>(`${path}/state`, move, etag), touches),
    note: useChange((entry: TimelineInput) => catalog.post(`${path}/timeline`, entry), touches),
    update: useChange((update: UpdateInput) => catalog.post(`${path}/updates`, update), touches),
    publish: useChange((input: IncidentPublicInput) => catalog.put<MajorIncident>(`${path}/public`, input, etag), [...touches, STATUS_PAGE]),
    addTicket: useChange((ticket_id: string) => catalog.post<MajorIncident>(`${path}/tickets`, { ticket_id }), touches),
    removeTicket: useChange((ticket: string) => catalog.delete(`${path}/tickets/${ticket}`), touches),
    resolveTickets: useChange(() => catalog.post<BulkAnswer>(`${path}/resolve-tickets`, {}), touches),
    begin: useChange(() => catalog.post<Review>(`${path}/review`), touches),
  };
}

export function useReviewChanges(id: string, etag: string | undefined) {
  const path = `/major-incidents/${id}/review` as const;
  return {
    write: useChange((review: ReviewInput) => catalog.put<Review>(path, review, etag), touches),
    publish: useChange(() => catalog.post<Review>(`${path}/publish`, {}, etag), touches),
    moveAction: useChange(({ number, state }: { number: number; state: ReviewActionState }) => catalog.put<Review>(`${path}/actions/${number}`, { state }), touches),
  };
}

export function useTemplateChange(version: number) {
  return useChange((sections: TemplateSection[]) => catalog.put<ReviewTemplate>('/review-template', { sections }, version), [TEMPLATE]);
}
