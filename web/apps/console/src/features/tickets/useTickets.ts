import type { ExplainedClocks, Query, Ticket, TicketEscalations, TicketEvent, TicketSummary } from '@itechsmart/api';
import { useCatalogObject, useCatalogPages } from '#shared/api/useCatalog';

const KEY = 'catalog.tickets';
/** How often it is asked what is new, while the page is seen. */
export const REFRESH_MS = 10_000;
/** A queue's page. Each refresh reads anew all pages that are shown. */
const QUEUE_ITEMS = 50;
const EVENT_ITEMS = 100;

export function useQueue(query: Query) {
  return useCatalogPages<TicketSummary>([KEY, 'queue'], '/tickets', { ...query, limit: QUEUE_ITEMS }, { refetchInterval: REFRESH_MS });
}

export function useMyTickets(query: Query) {
  return useCatalogPages<TicketSummary>([KEY, 'my'], '/my/tickets', query, { refetchInterval: REFRESH_MS });
}

export function useTicket(id: string) {
  return useCatalogObject<Ticket>([KEY, id], `/tickets/${id}`, { refetchInterval: REFRESH_MS });
}

/** What happened, the latest first. */
export function useHistory(id: string) {
  return useCatalogPages<TicketEvent>([KEY, id, 'history'], `/tickets/${id}/history`, { limit: EVENT_ITEMS }, { refetchInterval: REFRESH_MS });
}

export function useClocks(id: string, enabled: boolean) {
  return useCatalogObject<ExplainedClocks>([KEY, id, 'clocks'], `/tickets/${id}/clocks`, { enabled, refetchInterval: REFRESH_MS });
}

export function useEscalations(id: string, enabled: boolean) {
  return useCatalogObject<TicketEscalations>([KEY, id, 'escalations'], `/tickets/${id}/escalations`, { enabled, refetchInterval: REFRESH_MS });
}
