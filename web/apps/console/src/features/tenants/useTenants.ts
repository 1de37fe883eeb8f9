import type { Tenant } from '@itechsmart/api';
import { usePages } from '#shared/api/usePages';

export function useTenants(search: string) {
  return usePages<Tenant>(['tenants'], '/tenants', { search: search || undefined });
}
