import type { BundleInput, BundleOffer, SubmittedBundle } from '@itechsmart/api';
import { useCatalogObject } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

/** What the caller may choose of a bundle, with the forms of its items. */
export function useOffer(id: string) {
  return useCatalogObject<BundleOffer>(['catalog.items', id, 'parts'], `/items/${id}/parts`);
}

export function useSubmitBundle(id: string) {
  return useChange(
    (bundle: BundleInput) => catalog.post<SubmittedBundle>(`/items/${id}/requests`, bundle),
    ['catalog.requests', 'catalog.items'],
  );
}
