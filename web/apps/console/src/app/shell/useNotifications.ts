import type { Notification, Page, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

const REFRESH_MS = 30_000;
const SHOWN_MAX = 20;

export function useNotifications() {
  return useQuery<Page<Notification>, Problem>({
    queryKey: ['notifications'],
    queryFn: ({ signal }) =>
      hub.get('/me/notifications', { limit: SHOWN_MAX }, signal),
    refetchInterval: REFRESH_MS,
  });
}
