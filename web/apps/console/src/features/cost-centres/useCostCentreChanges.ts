import type { CostCentre, CostCentreInput } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const touches = ['catalog.cost-centres'];

export function useCostCentreChanges() {
  return {
    create: useChange((input: CostCentreInput) => catalog.post<CostCentre>('/cost-centres', input), touches),
    change: useChange(
      ({ id, version, input }: { id: string; version: number; input: CostCentreInput }) =>
        catalog.put<CostCentre>(`/cost-centres/${id}`, input, version),
      touches,
    ),
  };
}
