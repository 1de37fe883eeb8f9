/** All that an administrator can do to one user. */
import type { UserChange } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

type Action = 'invitation' | 'password-reset' | 'unlock';

export function useUserChanges(id: string, etag: string | undefined) {
  const path = `/users/${id}` as const;
  return {
    change: useChange(
      (change: UserChange) => hub.patch(path, change, etag),
      ['users'],
    ),
    setRoles: useChange((role_ids: string[]) => hub.put(`${path}/roles`, { role_ids }, etag), ['users']),
    setGroups: useChange(
      (group_ids: string[]) => hub.put(`${path}/groups`, { group_ids }, etag),
      ['users', 'groups'],
    ),
    act: useChange((action: Action) => hub.post(`${path}/${action}`), ['users']),
    endSessions: useChange(() => hub.delete(`${path}/sessions`), ['users']),
    remove: useChange(() => hub.delete(path, etag), ['overview']),
  };
}
