/** What became of tickets that were changed at once. */
import type { BulkAnswer, TicketSummary } from '@itechsmart/api';
import { count, sentence } from '#shared/format/text';

export interface Outcome {
  /** What is told in a line. */
  text: string;
  /** Those that were refused, and why, by their ids. */
  refused: { id: string; text: string }[];
}

/** Of one request at most. */
export const BULK_TICKETS_MAX = 100;

export function parts<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / BULK_TICKETS_MAX) }, (_, at) => all.slice(at * BULK_TICKETS_MAX, (at + 1) * BULK_TICKETS_MAX));
}

export function outcome(answer: BulkAnswer, tickets: readonly Pick<TicketSummary, 'id' | 'number'>[]): Outcome {
  const numbers = new Map(tickets.map(({ id, number }) => [id, number]));
  const refused = answer.items.flatMap(({ id, version, refusal }) => {
    if (refusal == null) return [];
    const half = version == null ? '' : 'It was changed, but not moved. ';
    return [{ id, text: `#${numbers.get(id) ?? id}: ${half}${sentence(refusal.detail)}` }];
  });
  const done = count(answer.items.length - refused.length, 'ticket');
  if (refused.length === 0) return { text: `${done} changed.`, refused };
  const only = refused[0];
  if (answer.items.length === 1 && only !== undefined) return { text: only.text, refused };
  return { text: `${done} changed, ${refused.length} not.`, refused };
}
