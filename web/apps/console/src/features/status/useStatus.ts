import type { Problem, PublicStatus } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { catalog } from '#shared/session/session';

/** How often it is asked how everything stands, while the page is seen. */
const REFRESH_MS = 30_000;

/** What everybody reads: asked for without signing in. */
export function useStatus(slug: string) {
  return useQuery<PublicStatus, Problem>({
    queryKey: ['status', slug],
    queryFn: () => catalog.ask<PublicStatus>('GET', `/status/${encodeURIComponent(slug)}`),
    refetchInterval: REFRESH_MS,
  });
}
