import type { GroupMembers, Problem, User } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

export function useMembers(groupId: string) {
  return useQuery<User[], Problem>({
    queryKey: ['groups', groupId, 'members'],
    queryFn: async ({ signal }) =>
      (await hub.get<GroupMembers>(`/groups/${groupId}/members`, {}, signal)).items,
  });
}
