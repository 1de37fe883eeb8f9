/** Escalation ladders in words. */
import type { EscalationTrack, NamedGroup, NamedPerson, Responder, TicketEscalation } from '@itechsmart/api';
import type { Tone } from '#shared/ui/State';
import { GONE_GROUP, GONE_PERSON } from './words';

export const tracks: Record<EscalationTrack, { title: string; about: string }> = {
  technical: { title: 'Technical', about: 'Whoever can repair it.' },
  security: { title: 'Security', about: 'Whoever answers for security.' },
  business: { title: 'Business', about: 'Whoever decides for the organisation.' },
};

export const trackTitle = (track: string): string => tracks[track as EscalationTrack]?.title ?? track;

export const escalationStates: Record<TicketEscalation['state'], { tone: Tone; word: string }> = {
  idle: { tone: 'neutral', word: 'Ended' },
  calling: { tone: 'warning', word: 'Calling' },
  exhausted: { tone: 'error', word: 'Nobody answered' },
  answered: { tone: 'success', word: 'Answered' },
};

interface Named {
  people: readonly NamedPerson[];
  groups: readonly NamedGroup[];
}

export function responderName(responder: Responder, { people, groups }: Named): string {
  if ('user' in responder) return people.find(({ id }) => id === responder.user)?.name ?? GONE_PERSON;
  return groups.find(({ id }) => id === responder.group)?.name ?? GONE_GROUP;
}
