import type { PermissionInfo, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

/** What each service of the suite lets roles allow. */
export function usePermissionCatalogue() {
  return useQuery<PermissionInfo[], Problem>({
    queryKey: ['permissions'],
    queryFn: ({ signal }) => hub.get<PermissionInfo[]>('/permissions', {}, signal),
    staleTime: 300_000,
  });
}
