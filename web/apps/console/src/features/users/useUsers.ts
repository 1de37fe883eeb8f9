import type { User } from '@itechsmart/api';
import { usePages } from '#shared/api/usePages';

export interface UserFilter {
  search: string;
  state: string;
}

export function useUsers({ search, state }: UserFilter) {
  return usePages<User>(['users'], '/users', {
    search: search || undefined,
    state: state || undefined,
  });
}
