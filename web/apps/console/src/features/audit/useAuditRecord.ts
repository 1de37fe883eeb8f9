import type { AuditRecord, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import type { Audited } from './audited';

const REFRESH_MS = 1_000;

/** A record, looked at again until it is anchored. */
export function useAuditRecord({ client, key }: Audited, id: string) {
  return useQuery<AuditRecord, Problem>({
    queryKey: [key, id],
    queryFn: ({ signal }) => client.get<AuditRecord>(`/audit/records/${id}`, {}, signal),
    refetchInterval: ({ state: { data } }) => (data?.state === 'anchored' ? false : REFRESH_MS),
  });
}
