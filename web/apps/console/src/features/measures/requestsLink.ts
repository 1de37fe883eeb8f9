/** The requests behind a number: where all of them are listed. */
import { dayAfter, within, type Period, type TimePart } from './period';

/** What requests are narrowed to. Texts; what is not narrowed is empty. */
export interface NarrowedRequests {
  item: string;
  centre: string;
}

export type RequestsBy = TimePart | 'item' | 'cost_centre';

/** A row of what is measured: by what, and its key. */
export interface RequestsPart {
  by: RequestsBy;
  key: string;
}

/** What the list knows instead of a cost centre, and instead of a state. */
const NO_CENTRE = 'none';
export const APPROVED = 'approved';

/** Where the requests are that a number counts. */
export function requestsLink(period: Period, narrowed: NarrowedRequests, part: RequestsPart | undefined, state = ''): string {
  const days = part === undefined || part.by === 'item' || part.by === 'cost_centre' ? period : within(part.by, part.key, period);
  const filter = {
    state,
    item: part?.by === 'item' ? part.key : narrowed.item,
    centre: part?.by === 'cost_centre' ? part.key || NO_CENTRE : narrowed.centre,
    from: `${days.from}T00:00:00Z`,
    until: `${dayAfter(days.until, 1)}T00:00:00Z`,
  };
  const told = Object.entries(filter).filter(([, value]) => value !== '');
  return `/service-catalog/all-requests?${new URLSearchParams(told).toString()}`;
}
