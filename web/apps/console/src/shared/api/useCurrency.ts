/** What the prices of the catalog are in. */
import type { CatalogSettings, CatalogSettingsView } from '@itechsmart/api';
import { catalog } from '#shared/session/session';
import { useCan } from '#shared/session/useMe';
import { useCatalogObject } from './useCatalog';
import { useChange } from './useChange';

const KEY = 'catalog.settings';

export function useCatalogSettings() {
  return useCatalogObject<CatalogSettingsView>([KEY], '/settings', { enabled: useCan()('catalog.items.read') });
}

export function useCatalogSettingsChange(etag: string | undefined) {
  return useChange((settings: CatalogSettings) => catalog.put<CatalogSettingsView>('/settings', settings, etag), [KEY]);
}

/** Its code (ISO 4217); undefined where the tenant has chosen none, and until it is known. */
export function useCurrency(): string | undefined {
  return useCatalogSettings().data?.data.currency ?? undefined;
}
