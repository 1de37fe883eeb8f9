import type { StatusComponents, StatusPageView } from '@itechsmart/api';
import { useCatalogObject } from './useCatalog';

export const STATUS_PAGE = 'catalog.status-page';

/** What the status page is: for those who see major incidents. */
export function useStatusPage(enabled = true) {
  return useCatalogObject<StatusPageView>([STATUS_PAGE], '/status-page', { enabled });
}

/** Its components, in their order. */
export function useStatusComponents(refetchInterval: number | false = false) {
  return useCatalogObject<StatusComponents>([STATUS_PAGE, 'components'], '/status-page/components', { refetchInterval });
}
