import type { AuditStatus, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

const REFRESH_MS = 5_000;

export function useAuditStatus() {
  return useQuery<AuditStatus, Problem>({
    queryKey: ['audit-status'],
    queryFn: ({ signal }) => hub.get<AuditStatus>('/audit/status', {}, signal),
    refetchInterval: REFRESH_MS,
  });
}
