import type { Problem, User } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

export type Member = Pick<User, 'id' | 'name' | 'email'>;

export function useMembers(groupId: string) {
  return useQuery<Member[], Problem>({
    queryKey: ['groups', groupId, 'members'],
    queryFn: async ({ signal }) =>
      (await hub.get<{ items: Member[] }>(`/groups/${groupId}/members`, {}, signal)).items,
  });
}
