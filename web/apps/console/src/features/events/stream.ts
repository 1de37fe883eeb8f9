/** How live events join those that were read before. */
import type { HubEvent } from '@itechsmart/api';

/** A page that is open all day keeps no more than this. */
export const LIVE_EVENTS_MAX = 500;

/** Newest first, each once: an event may arrive more than once, always with the same id. */
export function joined(newer: readonly HubEvent[], older: readonly HubEvent[]): HubEvent[] {
  const seen = new Set<string>();
  return [...newer, ...older]
    .filter(({ id }) => !seen.has(id) && seen.add(id))
    .sort((a, b) => b.at.localeCompare(a.at) || b.id.localeCompare(a.id))
    .slice(0, Math.max(LIVE_EVENTS_MAX, older.length));
}
