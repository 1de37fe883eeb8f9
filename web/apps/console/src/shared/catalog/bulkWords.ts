/** What became of tickets that something was done to at once. */
import type { BulkAnswer, LinkedTicket } from '@itechsmart/api';
import { count, sentence } from '#shared/format/text';

export interface BulkOutcome {
  done: number;
  /** Those that were refused, and why, by their numbers. */
  refused: { id: string; text: string }[];
}

export function bulkOutcome(answer: BulkAnswer, tickets: readonly Pick<LinkedTicket, 'id' | 'number'>[]): BulkOutcome {
  const numbers = new Map(tickets.map(({ id, number }) => [id, number]));
  const refused = answer.items.flatMap(({ id, refusal }) => (refusal == null ? [] : [{ id, text: `#${numbers.get(id) ?? id}: ${sentence(refusal.detail)}` }]));
  return { done: answer.items.length - refused.length, refused };
}

/** "2 tickets answered, 1 not." */
export function bulkSentence({ done, refused }: BulkOutcome, deed: string): string {
  if (done === 0 && refused.length === 0) return `There was no ticket to be ${deed}.`;
  return `${count(done, 'ticket')} ${deed}${refused.length === 0 ? '' : `, ${refused.length} not`}.`;
}
