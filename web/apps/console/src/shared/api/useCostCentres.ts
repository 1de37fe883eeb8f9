import type { CostCentre } from '@itechsmart/api';
import { useCan } from '#shared/session/useMe';
import { useCatalogAll } from './useCatalog';

/** The cost centres of the tenant, to choose from. */
export function useCostCentres() {
  return useCatalogAll<CostCentre>(['catalog.cost-centres'], '/cost-centres', useCan()('catalog.cost-centres.read'));
}
