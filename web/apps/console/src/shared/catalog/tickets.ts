/** Tickets in words. */
import type { Impact, TicketKind, TicketPending, TicketPriority, TicketState, Urgency } from '@itechsmart/api';
import { words } from '#shared/format/text';
import type { Tone } from '#shared/ui/State';

export const ticketStates: Record<TicketState, { tone: Tone; word: string }> = {
  new: { tone: 'info', word: 'New' },
  open: { tone: 'info', word: 'Open' },
  pending_customer: { tone: 'warning', word: 'Waits for the requester' },
  pending_vendor: { tone: 'warning', word: 'Waits for a vendor' },
  pending_change: { tone: 'warning', word: 'Waits for a change' },
  resolved: { tone: 'success', word: 'Resolved' },
  closed: { tone: 'neutral', word: 'Closed' },
};

/** A state that a newer server knows is shown by its name. */
export function ticketState(state: string): { tone: Tone; word: string } {
  return ticketStates[state as TicketState] ?? { tone: 'neutral', word: words(state.replaceAll('_', '-')) };
}

/** As whoever opened it is told. */
export function ownState(state: string): { tone: Tone; word: string } {
  return state === 'pending_customer' ? { tone: 'warning', word: 'Waits for your answer' } : ticketState(state);
}

export const pendingWords: Record<TicketPending, string> = { customer: 'the requester', vendor: 'a vendor', change: 'a change' };

export const ticketKinds: Record<TicketKind, string> = {
  incident: 'Incident',
  service_request: 'Service request',
  question: 'Question',
  problem: 'Problem',
  known_error: 'Known error',
};

export const kindWord = (kind: string): string => ticketKinds[kind as TicketKind] ?? words(kind.replaceAll('_', '-'));

export const impacts: Record<Impact, { word: string; plain: string }> = {
  low: { word: 'Low', plain: 'Only me' },
  medium: { word: 'Medium', plain: 'My team, or several people' },
  high: { word: 'High', plain: 'The whole organisation, or a service it cannot work without' },
};

export const urgencies: Record<Urgency, { word: string; plain: string }> = {
  low: { word: 'Low', plain: 'It can wait' },
  medium: { word: 'Medium', plain: 'It makes work hard' },
  high: { word: 'High', plain: 'Work has stopped' },
};

export const levelWord = (of: Record<string, { word: string }>, level: string): string => of[level]?.word ?? words(level);

export const priorities: readonly TicketPriority[] = ['P1', 'P2', 'P3', 'P4'];

export const priorityTones: Record<TicketPriority, Tone> = { P1: 'error', P2: 'warning', P3: 'info', P4: 'neutral' };

export const isDone = (state: string): boolean => state === 'resolved' || state === 'closed';

export const tiers = [1, 2, 3] as const;
