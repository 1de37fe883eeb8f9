import type { NewTenant, Tenant, TenantChange } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

export function useCreateTenant() {
  return useChange((tenant: NewTenant) => hub.post<Tenant>('/tenants', tenant), ['tenants', 'me']);
}

export function useTenantChanges(id: string, etag: string | undefined) {
  const path = `/tenants/${id}` as const;
  return {
    rename: useChange(
      (change: TenantChange) => hub.patch<Tenant>(path, change, etag),
      ['tenants', 'me'],
    ),
    act: useChange(
      (action: 'suspend' | 'resume' | 'delete') => hub.post(`${path}/${action}`),
      ['tenants'],
    ),
  };
}
