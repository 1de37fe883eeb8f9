import type { Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import type { Audited } from './audited';

/** The proof of an anchored record. The server gives out none that does not hold. */
export function useProof({ client, key }: Audited, id: string, anchored: boolean) {
  return useQuery<Blob, Problem>({
    queryKey: [key, id, 'proof'],
    queryFn: async () => (await client.download(`/audit/records/${id}/proof`)).blob,
    enabled: anchored,
    staleTime: Infinity,
  });
}
