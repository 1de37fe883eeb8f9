import type { Group } from '@itechsmart/api';
import { usePages } from '#shared/api/usePages';

export function useGroupPages() {
  return usePages<Group>(['groups'], '/groups');
}
