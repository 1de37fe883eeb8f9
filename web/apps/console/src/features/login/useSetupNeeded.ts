import type { SetupNeeded } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

/** Whether the installation has no administrator yet. */
export function useSetupNeeded(): boolean {
  const query = useQuery({
    queryKey: ['setup'],
    queryFn: () => hub.ask<SetupNeeded>('GET', '/setup'),
  });
  return query.data?.needed === true;
}
