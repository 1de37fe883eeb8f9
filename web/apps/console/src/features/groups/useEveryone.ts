import type { User } from '@itechsmart/api';
import { useAll } from '#shared/api/useAll';
import { useCan } from '#shared/session/useMe';

/** The users of the tenant, to choose members from. */
export function useEveryone() {
  return useAll<User>(['users'], '/users', useCan()('hub.users.read'));
}
