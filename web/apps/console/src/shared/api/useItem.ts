import type { Item } from '@itechsmart/api';
import { useCatalogObject } from './useCatalog';

/** An item of the catalog, as far as the caller may see it. */
export function useItem(id: string, enabled = true) {
  return useCatalogObject<Item>(['catalog.items', id], `/items/${id}`, { enabled });
}
