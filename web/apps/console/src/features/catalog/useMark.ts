import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

/** Marks an item as one of the caller's favourites, or takes the mark away. */
export function useMark(id: string) {
  const path = `/items/${id}/favourite` as const;
  return useChange((on: boolean) => (on ? catalog.put(path, {}) : catalog.delete(path)), ['catalog.items']);
}
