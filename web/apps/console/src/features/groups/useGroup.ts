import type { Group } from '@itechsmart/api';
import { useObject } from '#shared/api/useObject';

export function useGroup(id: string) {
  return useObject<Group>(['groups', id], `/groups/${id}`);
}
