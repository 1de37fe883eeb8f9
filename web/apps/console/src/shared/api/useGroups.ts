import type { Group } from '@itechsmart/api';
import { useCan } from '#shared/session/useMe';
import { useAll } from './useAll';

/** The groups of the tenant, to choose from. */
export function useGroups() {
  return useAll<Group>(['groups'], '/groups', useCan()('hub.groups.read'));
}
