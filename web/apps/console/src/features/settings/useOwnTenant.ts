import type { OwnTenant } from '@itechsmart/api';
import { useObject } from '#shared/api/useObject';

export function useOwnTenant() {
  return useObject<OwnTenant>(['tenant'], '/tenant');
}
