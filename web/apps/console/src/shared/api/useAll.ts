/** A list that is short enough to choose from: all its pages. */
import type { Addresses, Client, HubPaths, Page, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

const PAGE_ITEMS = 200;
const PAGES_MAX = 10;

export function useAll<T>(key: readonly unknown[], path: HubPaths['get'], enabled = true) {
  return useAllOf<T, HubPaths>(hub, key, path, enabled);
}

/** The same, of any service. */
export function useAllOf<T, Has extends Addresses>(
  client: Client<Has>,
  key: readonly unknown[],
  path: Has['get'],
  enabled = true,
) {
  return useQuery<T[], Problem>({
    queryKey: [...key, 'all'],
    queryFn: ({ signal }) => all<T, Has>(client, path, signal),
    enabled,
  });
}

async function all<T, Has extends Addresses>(
  client: Client<Has>,
  path: Has['get'],
  signal: AbortSignal,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.get<Page<T>>(path, { limit: PAGE_ITEMS, cursor }, signal);
    items.push(...answer.items);
    cursor = answer.next ?? undefined;
    if (cursor === undefined) break;
  }
  return items;
}
