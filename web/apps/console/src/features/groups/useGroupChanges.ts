import type { Group, GroupInput } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

export function useCreateGroup() {
  return useChange((group: GroupInput) => hub.post<Group>('/groups', group), ['groups', 'overview']);
}

export function useGroupChanges(id: string, etag: string | undefined) {
  const path = `/groups/${id}` as const;
  return {
    change: useChange((group: GroupInput) => hub.patch<Group>(path, group, etag), ['groups', 'users']),
    setMembers: useChange(
      (user_ids: string[]) => hub.put(`${path}/members`, { user_ids }, etag),
      ['groups', 'users'],
    ),
    remove: useChange(() => hub.delete(path, etag), ['overview', 'users']),
  };
}
