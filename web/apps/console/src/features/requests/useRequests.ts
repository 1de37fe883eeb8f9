import type { Query, RequestSummary } from '@itechsmart/api';
import { useCatalogPages } from '#shared/api/useCatalog';

export const filterNames = ['text', 'person', 'state', 'item', 'centre', 'from', 'until'] as const;
/** Texts; what is not narrowed is empty. */
export type Filter = Record<(typeof filterNames)[number], string>;

export const noFilter: Filter = { text: '', person: '', state: '', item: '', centre: '', from: '', until: '' };

/** Instead of a state: approved, whether or not all is done. */
export const APPROVED = 'approved';
/** Instead of a cost centre. */
export const NO_CENTRE = 'none';

const KEY = 'catalog.requests';

export const toQuery = ({ text, person, state, item, centre, from, until }: Filter): Query => ({
  text: text.trim() || undefined,
  person_id: person || undefined,
  ...(state === APPROVED ? { is_approved: 'true' } : { state: state || undefined }),
  item_id: item || undefined,
  ...(centre === NO_CENTRE ? { is_uncharged: 'true' } : { cost_centre_id: centre || undefined }),
  created_from: from || undefined,
  created_until: until || undefined,
});

/** Requests that the caller made, or that are for them. */
export function useMyRequests(filter: Filter) {
  return useCatalogPages<RequestSummary>([KEY, 'my'], '/my/requests', toQuery(filter));
}

export function useAllRequests(filter: Filter) {
  return useCatalogPages<RequestSummary>([KEY, 'all'], '/requests', toQuery(filter));
}
