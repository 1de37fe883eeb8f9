import type { Role } from '@itechsmart/api';
import { usePages } from '#shared/api/usePages';

export function useRolePages() {
  return usePages<Role>(['roles'], '/roles');
}
