import type { Role } from '@itechsmart/api';
import { useObject } from '#shared/api/useObject';

export function useRole(id: string, enabled: boolean) {
  return useObject<Role>(['roles', id], `/roles/${id}`, enabled);
}
