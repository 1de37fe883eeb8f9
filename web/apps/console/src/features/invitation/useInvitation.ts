import type { InvitationLook, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { hub } from '#shared/session/session';

/** Who is invited, and to where. */
export function useInvitation(token: string) {
  return useQuery<InvitationLook, Problem>({
    queryKey: ['invitation', token],
    queryFn: () => hub.ask<InvitationLook>('POST', '/invitations/look', { token }),
    enabled: token !== '',
    staleTime: Infinity,
  });
}
