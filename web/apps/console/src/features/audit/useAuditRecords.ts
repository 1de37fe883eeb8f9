import type { AuditFilter, AuditPaths, AuditRecord } from '@itechsmart/api';
import { usePagesOf } from '#shared/api/usePages';
import type { Audited } from './audited';

const REFRESH_MS = 10_000;

export function useAuditRecords({ client, key }: Audited, filter: AuditFilter) {
  return usePagesOf<AuditRecord, AuditPaths>(client, [key], '/audit/records', { ...filter }, {
    refetchInterval: REFRESH_MS,
  });
}
