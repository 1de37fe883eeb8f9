import type { NewUser, User } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

export function useInviteUser() {
  return useChange((user: NewUser) => hub.post<User>('/users', user), ['users', 'overview']);
}
