import type { Flag, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

export function useFlags(enabled: boolean) {
  return useQuery<Flag[], Problem>({
    queryKey: ['flags'],
    queryFn: ({ signal }) => hub.get<Flag[]>('/flags', {}, signal),
    enabled,
  });
}
