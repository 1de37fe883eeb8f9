import type { BulkAnswer, ProblemChange, ProblemInput, ProblemRecord, ProblemState, ProblemSummary, Query, TicketLinks } from '@itechsmart/api';
import { useCatalogObject, useCatalogPages } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const PROBLEMS = 'catalog.problems';
const touches = [PROBLEMS, 'catalog.tickets'];

export function useProblemPages(query: Query) {
  return useCatalogPages<ProblemSummary>([PROBLEMS, 'list'], '/problems', query);
}

export function useProblem(id: string) {
  return useCatalogObject<ProblemRecord>([PROBLEMS, id], `/problems/${id}`);
}

export function useOpenProblem() {
  return useChange((input: ProblemInput) => catalog.post<ProblemRecord>('/problems', input), touches);
}

export function useProblemChanges(id: string, etag: string | undefined) {
  const path = `/problems/${id}` as const;
  return {
    change: useChange((change: ProblemChange) => catalog.patch<ProblemRecord>(path, change, etag), touches),
    move: useChange((to: ProblemState) => catalog.post<ProblemRecord>(`${path}/state`, { to }, etag), touches),
    link: useChange((ticket: string) => catalog.post<TicketLinks>(`/tickets/${ticket}/links`, { kind: 'problem', problem_id: id }), touches),
    /** A problem does not say by which link it has a ticket; the ticket does. */
    unlink: useChange(async (ticket: string) => {
      const { items } = await catalog.get<TicketLinks>(`/tickets/${ticket}/links`);
      const link = items.find(({ problem }) => problem?.id === id);
      if (link !== undefined) await catalog.delete(`/tickets/${ticket}/links/${link.id}`);
    }, touches),
    reply: useChange((ticket_ids: string[]) => catalog.post<BulkAnswer>(`${path}/workaround-replies`, { ticket_ids }), touches),
  };
}
