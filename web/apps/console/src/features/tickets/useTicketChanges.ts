import type { BulkAnswer, BulkInput, EscalationInput, EscalationStep, HandOver, NewTicket, NoteInput, RatingInput, Ticket, TicketChange, TicketEscalations, TicketMove } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const touches = ['catalog.tickets', 'catalog.files'];

export function useOpenTicket() {
  return useChange((ticket: NewTicket) => catalog.post<Ticket>('/tickets', ticket), touches);
}

export function useBulk() {
  return useChange((bulk: BulkInput) => catalog.post<BulkAnswer>('/tickets/bulk', bulk), touches);
}

export function useTicketChanges(id: string, etag: string | undefined) {
  const path = `/tickets/${id}` as const;
  return {
    change: useChange((change: TicketChange) => catalog.patch<Ticket>(path, change, etag), touches),
    move: useChange((move: TicketMove) => catalog.post<Ticket>(`${path}/state`, move, etag), touches),
    handOver: useChange((over: HandOver) => catalog.post<Ticket>(`${path}/hand-over`, over, etag), touches),
    rate: useChange((rating: RatingInput) => catalog.post<Ticket>(`${path}/rating`, rating), touches),
    /** Says something, and then may wait for the requester. */
    say: useChange(async ({ waits, ...note }: NoteInput & { waits: boolean }) => {
      const ticket = await catalog.post<Ticket>(`${path}/notes`, note);
      return waits ? catalog.post<Ticket>(`${path}/state`, { to: 'pending_customer' }, ticket.version) : ticket;
    }, touches),
    escalate: useChange((input: EscalationInput) => catalog.post<TicketEscalations>(`${path}/escalations`, input), touches),
    step: useChange(({ track, step }: { track: string; step: EscalationStep }) => catalog.post<TicketEscalations>(`${path}/escalations/${track}`, { step }), touches),
  };
}
