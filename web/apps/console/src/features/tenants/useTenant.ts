import type { Tenant } from '@itechsmart/api';
import { useObject } from '#shared/api/useObject';

export function useTenant(id: string) {
  return useObject<Tenant>(['tenants', id], `/tenants/${id}`);
}
