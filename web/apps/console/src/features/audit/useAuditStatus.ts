import type { AuditStatus, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import type { Audited } from './audited';

const REFRESH_MS = 5_000;

export function useAuditStatus({ client, key }: Audited) {
  return useQuery<AuditStatus, Problem>({
    queryKey: [`${key}-status`],
    queryFn: ({ signal }) => client.get<AuditStatus>('/audit/status', {}, signal),
    refetchInterval: REFRESH_MS,
  });
}
