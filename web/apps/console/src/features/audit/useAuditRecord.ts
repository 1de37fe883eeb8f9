import type { AuditRecord, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

const REFRESH_MS = 1_000;

/** A record, looked at again until it is anchored. */
export function useAuditRecord(id: string) {
  return useQuery<AuditRecord, Problem>({
    queryKey: ['audit', id],
    queryFn: ({ signal }) => hub.get<AuditRecord>(`/audit/records/${id}`, {}, signal),
    refetchInterval: ({ state: { data } }) => (data?.state === 'anchored' ? false : REFRESH_MS),
  });
}
