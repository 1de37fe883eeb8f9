import type { Tenant } from '@itechsmart/api';
import { usePages } from '#shared/api/usePages';

export function useTenants() {
  return usePages<Tenant>(['tenants'], '/tenants');
}
