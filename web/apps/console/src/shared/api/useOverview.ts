import type { Overview, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { useCan } from '#shared/session/useMe';
import { hub } from '#shared/session/session';

const REFRESH_MS = 5_000;

/** How services and ledger are right now; shared by the overview and the product switcher. */
export function useOverview() {
  const may = useCan()('hub.overview.read');
  return useQuery<Overview, Problem>({
    queryKey: ['overview'],
    queryFn: ({ signal }) => hub.get<Overview>('/overview', {}, signal),
    enabled: may,
    refetchInterval: REFRESH_MS,
  });
}
