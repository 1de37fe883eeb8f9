/** What a queue is narrowed to: as the address has it, as the server is asked, and as a view keeps it. */
import type { Measured, Query, TicketFilter } from '@itechsmart/api';
import { stretchWords } from '#shared/format/stretch';

export const filterNames = ['text', 'state', 'kind', 'priority', 'tier', 'group', 'assignee', 'requester', 'promise', 'measured', 'from', 'until', 'sort'] as const;
/** Texts; what is not narrowed is empty. */
export type QueueFilter = Record<(typeof filterNames)[number], string>;

export const noFilter: QueueFilter = { text: '', state: '', kind: '', priority: '', tier: '', group: '', assignee: '', requester: '', promise: '', measured: '', from: '', until: '', sort: '' };

/** A state of a ticket, or: */
export const ANY_STATE = 'any';
export const DONE = 'done';
/** Instead of a person. */
export const ME = 'me';
export const NOBODY = 'nobody';
/** Instead of a group. */
export const NO_GROUP = 'none';

const known = (value: string) => (value === '' ? undefined : value);

function openness(state: string): Query {
  if (state === '') return { is_open: 'true' };
  if (state === ANY_STATE) return {};
  return state === DONE ? { is_open: 'false' } : { state };
}

function whose(assignee: string): Query {
  if (assignee === ME) return { is_mine: 'true' };
  if (assignee === NOBODY) return { is_unassigned: 'true' };
  return { assignee_id: known(assignee) };
}

const whoseGroup = (group: string): Query => (group === NO_GROUP ? { is_ungrouped: 'true' } : { group_id: known(group) });

/** Open tickets, what is due next first, unless something else is said. */
export function toQuery(filter: QueueFilter): Query {
  const text = known(filter.text.trim());
  const sort = filter.sort === 'relevance' && text === undefined ? 'due' : known(filter.sort);
  return {
    text,
    ...openness(filter.state),
    kind: known(filter.kind),
    priority: known(filter.priority),
    tier: known(filter.tier),
    ...whoseGroup(filter.group),
    ...whose(filter.assignee),
    requester_id: known(filter.requester),
    promise: known(filter.promise),
    measured: known(filter.measured),
    created_from: known(filter.from),
    created_until: known(filter.until),
    sort: sort ?? (text === undefined ? 'due' : 'relevance'),
  };
}

/** As a view keeps it. */
export function toKept(filter: QueueFilter): TicketFilter {
  const { is_open, is_mine, is_unassigned, is_ungrouped, tier, ...texts } = toQuery(filter);
  const entries = Object.entries({ ...texts, tier: tier === undefined ? undefined : Number(tier) });
  const kept = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  return {
    ...kept,
    ...(is_open !== undefined && { is_open: is_open === 'true' }),
    ...(is_mine !== undefined && { is_mine: true }),
    ...(is_unassigned !== undefined && { is_unassigned: true }),
    ...(is_ungrouped !== undefined && { is_ungrouped: true }),
  };
}

/** The filter that a view keeps, as the address has it. */
export function fromKept(kept: TicketFilter): QueueFilter {
  const text = kept.text ?? '';
  const state = kept.state ?? (kept.is_open == null ? ANY_STATE : kept.is_open ? '' : DONE);
  // Without a word about it the server sorts by the creation, or by relevance.
  const sort = kept.sort ?? (text === '' ? 'created' : 'relevance');
  return {
    text,
    state,
    kind: kept.kind ?? '',
    priority: kept.priority ?? '',
    tier: kept.tier == null ? '' : String(kept.tier),
    group: kept.is_ungrouped === true ? NO_GROUP : (kept.group_id ?? ''),
    assignee: kept.is_mine === true ? ME : kept.is_unassigned === true ? NOBODY : (kept.assignee_id ?? ''),
    requester: kept.requester_id ?? '',
    promise: kept.promise ?? '',
    measured: kept.measured ?? '',
    from: kept.created_from ?? '',
    until: kept.created_until ?? '',
    sort: sort === (text === '' ? 'due' : 'relevance') ? '' : sort,
  };
}

/** Whether two ask the server the same. */
export function isSame(one: QueueFilter, other: QueueFilter): boolean {
  return JSON.stringify(toQuery(one)) === JSON.stringify(toQuery(other));
}

export function isNarrowed(filter: QueueFilter): boolean {
  return filterNames.some((name) => name !== 'sort' && filter[name] !== '');
}

/** What a ticket is measured as, in the order of its life. */
export const measuredWords: Record<Measured, string> = {
  created: 'Opened, and not merged',
  replied: 'Replied to',
  response_kept: 'First reply in time',
  response_breached: 'First reply late',
  resolved: 'Resolved',
  resolution_kept: 'Resolved in time',
  resolution_breached: 'Resolved late',
  escalated: 'Escalated',
  rated: 'Rated',
  satisfied: 'Rated 4 or 5',
  dissatisfied: 'Rated 1 to 3',
};

/** Where an agent finds the tickets that have a tag, done or not. */
export const tagLink = (tag: string): string => `/service-catalog/desk?${new URLSearchParams({ text: tag, state: ANY_STATE }).toString()}`;

/** When the tickets were opened, in words; undefined where that is not narrowed. */
export const openedWords = (filter: Pick<QueueFilter, 'from' | 'until'>): string | undefined => stretchWords('Opened', filter);

export interface ReadyView {
  key: string;
  name: string;
  filter: QueueFilter;
}

/** Those that every agent has. */
export const readyViews: readonly ReadyView[] = [
  { key: 'open', name: 'All open', filter: noFilter },
  { key: 'mine', name: 'Mine', filter: { ...noFilter, assignee: ME } },
  { key: 'unassigned', name: 'Unassigned', filter: { ...noFilter, assignee: NOBODY, sort: 'priority' } },
  { key: 'breached', name: 'Breached', filter: { ...noFilter, promise: 'breached' } },
  { key: 'at-risk', name: 'At risk', filter: { ...noFilter, promise: 'at_risk' } },
  { key: 'done', name: 'Done', filter: { ...noFilter, state: DONE, sort: 'updated' } },
];
