import type { Role, RoleInput } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

export function useCreateRole() {
  return useChange((role: RoleInput) => hub.post<Role>('/roles', role), ['roles']);
}

export function useRoleChanges(id: string, etag: string | undefined) {
  const path = `/roles/${id}` as const;
  return {
    change: useChange((role: RoleInput) => hub.patch<Role>(path, role, etag), ['roles', 'me']),
    remove: useChange(() => hub.delete(path, etag), ['users', 'groups']),
  };
}
