/** A list that is short enough to choose from: all its pages. */
import type { HubPaths, Page, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

const PAGE_ITEMS = 200;
const PAGES_MAX = 10;

export function useAll<T>(key: readonly unknown[], path: HubPaths['get'], enabled = true) {
  const query = useQuery<T[], Problem>({
    queryKey: [...key, 'all'],
    queryFn: ({ signal }) => all<T>(path, signal),
    enabled,
  });
  return query;
}

async function all<T>(path: HubPaths['get'], signal: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await hub.get<Page<T>>(path, { limit: PAGE_ITEMS, cursor }, signal);
    items.push(...answer.items);
    cursor = answer.next ?? undefined;
    if (cursor === undefined) break;
  }
  return items;
}
