import type { AuditFilter, AuditRecord } from '@itechsmart/api';
import { usePages } from '#shared/api/usePages';

const REFRESH_MS = 10_000;

export function useAuditRecords(filter: AuditFilter) {
  return usePages<AuditRecord>(['audit'], '/audit/records', { ...filter }, {
    refetchInterval: REFRESH_MS,
  });
}
