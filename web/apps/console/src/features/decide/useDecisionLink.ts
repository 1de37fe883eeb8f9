import type { DecisionLink, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { catalog } from '#shared/session/session';

/** What a link out of a letter asks. Looking decides nothing. */
export function useDecisionLink(token: string) {
  return useQuery<DecisionLink, Problem>({
    queryKey: ['decision-link', token],
    queryFn: () => catalog.ask<DecisionLink>('POST', '/decision-links/look', { token }),
    enabled: token !== '',
    staleTime: Infinity,
    retry: false,
  });
}
