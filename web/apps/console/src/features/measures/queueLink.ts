/** The tickets behind a number: where the queue shows them. */
import type { Behind } from './behind';
import { dayAfter, within, type Period, type TimePart } from './period';

/** What tickets are narrowed to. Texts; what is not narrowed is empty. */
export interface Narrowed {
  group: string;
  tier: string;
  priority: string;
  kind: string;
}

export type TicketsBy = TimePart | 'group' | 'tier' | 'priority' | 'kind';

/** A row of what is measured: by what, and its key. */
export interface Part {
  by: TicketsBy;
  key: string;
}

/** Words that the queue knows. */
const ANY_STATE = 'any';
const NO_GROUP = 'none';

const isTime = (by: TicketsBy): by is TimePart => by === 'day' || by === 'week' || by === 'month';

/** Where the tickets are that a number counts: all that are measured, unless it says which. */
export function queueLink(period: Period, narrowed: Narrowed, part: Part | undefined, behind: Behind = 'created'): string {
  const days = part !== undefined && isTime(part.by) ? within(part.by, part.key, period) : period;
  const own = part === undefined || isTime(part.by) ? {} : { [part.by]: part.by === 'group' && part.key === '' ? NO_GROUP : part.key };
  const measured: Record<string, string> = behind === 'breached' ? { promise: behind, measured: 'created' } : { measured: behind };
  return toQueue({ state: ANY_STATE, ...opened(days), group: narrowed.group, tier: narrowed.tier, priority: narrowed.priority, kind: narrowed.kind, ...own, ...measured, sort: 'created' });
}

/** All open tickets. */
export function openLink({ group, priority }: Pick<Narrowed, 'group' | 'priority'>): string {
  return toQueue({ group, priority, sort: 'created' });
}

/** Open tickets of an age in whole days, as of a day. */
export function ageLink(today: string, ages: { min: number; max: number | null }, narrowed: Pick<Narrowed, 'group' | 'priority'>): string {
  const until = `${dayAfter(today, 1 - ages.min)}T00:00:00Z`;
  const from = ages.max === null ? '' : `${dayAfter(today, -ages.max)}T00:00:00Z`;
  return toQueue({ from, until, group: narrowed.group, priority: narrowed.priority, sort: 'created' });
}

const opened = ({ from, until }: Period) => ({ from: `${from}T00:00:00Z`, until: `${dayAfter(until, 1)}T00:00:00Z` });

function toQueue(filter: Record<string, string>): string {
  const told = Object.entries(filter).filter(([, value]) => value !== '');
  return `/service-catalog/desk?${new URLSearchParams(told).toString()}`;
}
