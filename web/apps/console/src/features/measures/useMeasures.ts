import type { Backlog, CatalogPaths, Problem, Query, RequestMeasuresView, TicketMeasuresView } from '@itechsmart/api';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { catalog } from '#shared/session/session';

/** Sums that do not change by the second. */
const STALE_MS = 60_000;

function useMeasured<T>(path: CatalogPaths['get'], query: Query, enabled = true) {
  return useQuery<T, Problem>({
    queryKey: ['catalog.measures', path, query],
    queryFn: ({ signal }) => catalog.get<T>(path, query, signal),
    placeholderData: keepPreviousData,
    staleTime: STALE_MS,
    enabled,
  });
}

export function useTicketMeasures(query: Query, enabled = true) {
  return useMeasured<TicketMeasuresView>('/measures/tickets', query, enabled);
}

export function useRequestMeasures(query: Query, enabled = true) {
  return useMeasured<RequestMeasuresView>('/measures/requests', query, enabled);
}

export function useBacklog(query: Query) {
  return useMeasured<Backlog>('/measures/backlog', query);
}
