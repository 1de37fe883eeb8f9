import type { User } from '@itechsmart/api';
import { useObject } from '#shared/api/useObject';

export function useUser(id: string) {
  return useObject<User>(['users', id], `/users/${id}`);
}
