/** What waits for the caller's decision, what they have decided, and who decides for whom. */
import type { Delegation, DelegationInput, Delegations, Problem, RequestSummary } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { useCatalogPages } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { useCan } from '#shared/session/useMe';
import { catalog } from '#shared/session/session';

const KEY = 'catalog.approvals';
const DELEGATIONS = 'catalog.delegations';
const REFRESH_MS = 20_000;

export function useWaiting() {
  return useCatalogPages<RequestSummary>([KEY, 'waiting'], '/my/approvals', {}, { refetchInterval: REFRESH_MS });
}

export function useDecided(state: string) {
  return useCatalogPages<RequestSummary>([KEY, 'decided'], '/my/decisions', { state: state || undefined });
}

export function useDelegations() {
  const enabled = useCan()('catalog.approvals.write');
  return useQuery<Delegation[], Problem>({
    queryKey: [DELEGATIONS],
    queryFn: async ({ signal }) => (await catalog.get<Delegations>('/my/delegations', {}, signal)).items,
    enabled,
  });
}

export function useDelegate() {
  return useChange((input: DelegationInput) => catalog.post<Delegation>('/my/delegations', input), [DELEGATIONS]);
}

export function useEndDelegation() {
  return useChange((id: string) => catalog.delete(`/my/delegations/${id}`), [DELEGATIONS]);
}
