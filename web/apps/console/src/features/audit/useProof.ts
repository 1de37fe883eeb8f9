import type { Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

/** The proof of an anchored record. The server gives out none that does not hold. */
export function useProof(id: string, anchored: boolean) {
  return useQuery<Blob, Problem>({
    queryKey: ['audit', id, 'proof'],
    queryFn: async () => (await hub.download(`/audit/records/${id}/proof`)).blob,
    enabled: anchored,
    staleTime: Infinity,
  });
}
