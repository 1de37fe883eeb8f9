/** What the signed-in person is told where they are. */
import type { Notifications, Problem } from '@itechsmart/api';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

const PAGE_ITEMS = 20;
const KEY = 'notifications';

export function useNotifications() {
  return useInfiniteQuery<Notifications, Problem, Notifications[], string[], string | undefined>({
    queryKey: [KEY],
    queryFn: ({ pageParam, signal }) =>
      hub.get<Notifications>('/me/notifications', { limit: PAGE_ITEMS, cursor: pageParam }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    select: ({ pages }) => pages,
  });
}

export function useReadNotification() {
  return useChange((id: string) => hub.post(`/me/notifications/${id}/read`), [KEY]);
}

/** All up to the newest that is shown. */
export function useReadNotifications() {
  return useChange((up_to: string) => hub.post('/me/notifications/read', { up_to }), [KEY]);
}
