/** A list, page after page. */
import type { Addresses, Client, HubPaths, Page, Problem, Query } from '@itechsmart/api';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

export interface Pages<T> {
  items: T[] | undefined;
  error: Problem | null;
  /** Shows an earlier filter's items while the new ones come. */
  outdated: boolean;
  more: (() => void) | undefined;
  loadingMore: boolean;
  reload: () => void;
}

export interface PagesOptions {
  enabled?: boolean;
  refetchInterval?: number;
}

export function usePages<T>(
  key: readonly unknown[],
  path: HubPaths['get'],
  query: Query = {},
  options: PagesOptions = {},
): Pages<T> {
  return usePagesOf<T, HubPaths>(hub, key, path, query, options);
}

/** The same, of any service. */
export function usePagesOf<T, Has extends Addresses>(
  client: Client<Has>,
  key: readonly unknown[],
  path: Has['get'],
  query: Query = {},
  options: PagesOptions = {},
): Pages<T> {
  const pages = useInfiniteQuery({
    queryKey: [...key, query],
    queryFn: ({ pageParam, signal }) =>
      client.get<Page<T>>(path, { ...query, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    ...options,
  });
  return {
    items: pages.data?.pages.flatMap((page) => page.items),
    error: pages.error as Problem | null,
    outdated: pages.isPlaceholderData,
    more: pages.hasNextPage ? () => void pages.fetchNextPage() : undefined,
    loadingMore: pages.isFetchingNextPage,
    reload: () => void pages.refetch(),
  };
}
