/** What a ticket's clocks show, and why, in words. */
import type { ClockInterval, ClockMeasure, ClockReason, TicketClock } from '@itechsmart/api';
import { GONE_GROUP } from '#shared/catalog/words';
import { pendingWords } from '#shared/catalog/tickets';
import { span } from '#shared/format/span';
import type { Tone } from '#shared/ui/State';

export type GroupNames = ReadonlyMap<string, string>;

export function measureWords(measure: ClockMeasure, groups: GroupNames): string {
  if (measure === 'response') return 'First reply';
  if (measure === 'resolution') return 'Solution';
  if ('tier' in measure) return `Reply of tier ${measure.tier}`;
  return `Time with ${groups.get(measure.group) ?? GONE_GROUP}`;
}

export const measureKey = (measure: ClockMeasure): string => (typeof measure === 'string' ? measure : 'tier' in measure ? `tier-${measure.tier}` : measure.group);

export type Urge = 'at_risk' | TicketClock['state'];

/** Its state; of one that runs, whether it warns. */
export function urge(clock: TicketClock, now: number): Urge {
  const warns = clock.state === 'running' && clock.warn_at != null && Date.parse(clock.warn_at) <= now;
  return warns ? 'at_risk' : clock.state;
}

export const urges: Record<Urge, { tone: Tone; word: string }> = {
  running: { tone: 'info', word: 'Running' },
  at_risk: { tone: 'warning', word: 'At risk' },
  paused: { tone: 'neutral', word: 'Paused' },
  met: { tone: 'success', word: 'Met' },
  breached: { tone: 'error', word: 'Breached' },
};

/** How much of the target is used, up to all of it. */
export function used(clock: TicketClock): number {
  return clock.target_ms <= 0 ? 100 : Math.min(100, Math.max(0, (clock.elapsed_ms / clock.target_ms) * 100));
}

export function remainingWords({ remaining_ms, state }: TicketClock): string {
  if (remaining_ms < 0) return `${span(remaining_ms)} late`;
  return state === 'met' ? `${span(remaining_ms)} to spare` : `${span(remaining_ms)} left`;
}

export type Counting = 'counts' | 'closed' | 'paused' | 'elsewhere';

/** The kinds of intervals that a bar tells apart. */
export const countings: Record<Counting, string> = {
  counts: 'Counts',
  closed: 'Outside hours',
  paused: 'Paused',
  elsewhere: 'Does not count',
};

export function counting(why: ClockReason): Counting {
  if (why === 'counts') return 'counts';
  if (why === 'outside_hours' || (typeof why === 'object' && 'holiday' in why)) return 'closed';
  return typeof why === 'object' && 'paused' in why ? 'paused' : 'elsewhere';
}

export function reasonWords(why: ClockReason, groups: GroupNames): string {
  if (why === 'counts') return 'Counts';
  if (why === 'outside_hours') return 'Outside the hours of the calendar';
  if (why === 'stopped') return 'It was resolved';
  if ('holiday' in why) return `Holiday: ${why.holiday}`;
  if ('paused' in why) return `Paused: it waited for ${pendingWords[why.paused] ?? why.paused}`;
  if ('other_tier' in why) return `It was with tier ${why.other_tier}`;
  return why.other_group == null ? 'It was with no group' : `It was with ${groups.get(why.other_group) ?? GONE_GROUP}`;
}

export interface Segment {
  counting: Counting;
  /** Of the whole, in percent. */
  share: number;
}

/** Intervals as parts of a bar: neighbours of one kind are one. */
export function segments(intervals: readonly ClockInterval[]): Segment[] {
  const length = ({ from, to }: ClockInterval) => Math.max(0, Date.parse(to) - Date.parse(from));
  const whole = intervals.reduce((sum, interval) => sum + length(interval), 0);
  if (whole === 0) return [];
  const parts: Segment[] = [];
  for (const interval of intervals) {
    const kind = counting(interval.why);
    const share = (length(interval) / whole) * 100;
    const last = parts.at(-1);
    if (last?.counting === kind) last.share += share;
    else parts.push({ counting: kind, share });
  }
  return parts;
}

/** How a clock came to show what it shows, in a sentence. */
export function because(clock: TicketClock, intervals: readonly ClockInterval[]): string {
  const sum = (kind: Counting) => intervals.filter(({ why }) => counting(why) === kind).reduce((all, { from, to }) => all + Date.parse(to) - Date.parse(from), 0);
  const left = ([['paused', 'paused'], ['closed', 'outside hours'], ['elsewhere', 'elsewhere']] as const)
    .map(([kind, word]) => [sum(kind), word] as const)
    .filter(([ms]) => ms > 0)
    .map(([ms, word]) => `${span(ms)} ${word}`);
  const counted = `${span(clock.elapsed_ms)} of ${span(clock.target_ms)} counted`;
  return left.length === 0 ? `${counted}.` : `${counted}; ${left.join(', ')} did not.`;
}
