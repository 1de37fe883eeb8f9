import type { Role } from '@itechsmart/api';
import { useCan } from '#shared/session/useMe';
import { useAll } from './useAll';

/** The roles of the tenant, to choose from. */
export function useRoles() {
  return useAll<Role>(['roles'], '/roles', useCan()('hub.roles.read'));
}
