import type { CostCentre } from '@itechsmart/api';
import { useCatalogPages } from '#shared/api/useCatalog';

export function useCostCentrePages() {
  return useCatalogPages<CostCentre>(['catalog.cost-centres'], '/cost-centres');
}
