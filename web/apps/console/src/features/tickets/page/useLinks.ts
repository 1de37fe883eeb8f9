/** What a ticket has to do with others, and what it was answered with. */
import type { AffectingIncident, CannedAnswers, Problem, ProblemSummary, Page, Query, TicketArticles, TicketLinks } from '@itechsmart/api';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCatalogObject } from '#shared/api/useCatalog';
import { catalog } from '#shared/session/session';
import { useCan } from '#shared/session/useMe';
import { REFRESH_MS } from '../useTickets';

const KEY = 'catalog.tickets';
const PROBLEMS_FOUND_MAX = 20;

export function useLinks(id: string) {
  return useCatalogObject<TicketLinks>([KEY, id, 'links'], `/tickets/${id}/links`, { refetchInterval: REFRESH_MS });
}

export function useAnsweredWith(id: string) {
  return useCatalogObject<TicketArticles>([KEY, id, 'articles'], `/tickets/${id}/articles`);
}

/** The major incident that a ticket is part of, as its requester is told. */
export function useAffecting(id: string, enabled: boolean) {
  return useCatalogObject<AffectingIncident>([KEY, id, 'major-incident'], `/tickets/${id}/major-incident`, { enabled, refetchInterval: REFRESH_MS });
}

export function useCannedAnswers(enabled: boolean) {
  return useCatalogObject<CannedAnswers>(['catalog.canned-answers'], '/canned-answers', { enabled });
}

/** Problems to choose from. */
export function useProblems(text: string, enabled: boolean) {
  const may = useCan()('catalog.problems.read');
  const query: Query = { limit: PROBLEMS_FOUND_MAX, text: text || undefined };
  return useQuery<Page<ProblemSummary>, Problem>({
    queryKey: ['catalog.problems', 'picked', text],
    queryFn: ({ signal }) => catalog.get<Page<ProblemSummary>>('/problems', query, signal),
    placeholderData: keepPreviousData,
    enabled: may && enabled,
  });
}
