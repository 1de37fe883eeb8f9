/** Where options may come from, in words. */
import type { OptionsQuery } from '@itechsmart/api';

export const sources: Record<OptionsQuery['source'], string> = {
  list: 'a list that is kept',
  people: 'members of a group',
  cost_centres: 'cost centres',
  categories: 'categories of the catalog',
  own_requests: 'requests of whoever asks',
  own_tickets: 'tickets of whoever asks',
};

export const queryWords = (query: OptionsQuery): string => sources[query.source] ?? query.source;
