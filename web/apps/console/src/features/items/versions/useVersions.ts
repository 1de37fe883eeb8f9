import type { ItemVersion, Problem } from '@itechsmart/api';
import { useQueries } from '@tanstack/react-query';
import { catalog } from '#shared/session/session';

/** Versions of an item by number. What is published never changes. */
export function useVersions(itemId: string, numbers: readonly number[]) {
  return useQueries({
    queries: numbers.map((number) => ({
      queryKey: ['catalog.versions', itemId, number],
      queryFn: ({ signal }: { signal: AbortSignal }) => catalog.get<ItemVersion>(`/items/${itemId}/versions/${number}`, {}, signal),
      staleTime: Infinity,
    })),
    combine: (results) => ({
      versions: new Map(results.flatMap(({ data }) => (data === undefined ? [] : [[data.number, data] as const]))),
      error: results.find(({ error }) => error !== null)?.error as Problem | undefined,
      retry: () => results.forEach((result) => void (result.error !== null && result.refetch())),
    }),
  });
}
