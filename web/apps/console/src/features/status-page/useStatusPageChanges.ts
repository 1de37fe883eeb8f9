import type { Maintenance, MaintenanceInput, StatusComponent, StatusComponentInput, StatusComponentStateInput, StatusComponents, StatusPageSettings, StatusPageView } from '@itechsmart/api';
import { useCatalogPages } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { STATUS_PAGE } from '#shared/api/useStatusPage';
import { catalog } from '#shared/session/session';

const touches = [STATUS_PAGE];
/** How often it is asked whether maintenance has begun or ended, while the page is seen. */
const REFRESH_MS = 30_000;

interface Versioned {
  id: string;
  version: number;
}

export function useMaintenance() {
  return useCatalogPages<Maintenance>([STATUS_PAGE, 'maintenance'], '/status-page/maintenance', {}, { refetchInterval: REFRESH_MS });
}

export function useSetStatusPage(version: number) {
  return useChange((settings: StatusPageSettings) => catalog.put<StatusPageView>('/status-page', settings, version), touches);
}

export function useComponentChanges() {
  return {
    add: useChange((input: StatusComponentInput) => catalog.post<StatusComponent>('/status-page/components', input), touches),
    change: useChange(({ id, version, input }: Versioned & { input: StatusComponentInput }) => catalog.put<StatusComponent>(`/status-page/components/${id}`, input, version), touches),
    setState: useChange(({ id, version, input }: Versioned & { input: StatusComponentStateInput }) => catalog.put<StatusComponent>(`/status-page/components/${id}/state`, input, version), touches),
    remove: useChange(({ id, version }: Versioned) => catalog.delete(`/status-page/components/${id}`, version), touches),
    order: useChange((ids: string[]) => catalog.put<StatusComponents>('/status-page/component-order', { ids }), touches),
  };
}

export function useMaintenanceChanges() {
  return {
    plan: useChange((input: MaintenanceInput) => catalog.post<Maintenance>('/status-page/maintenance', input), touches),
    change: useChange(({ id, version, input }: Versioned & { input: MaintenanceInput }) => catalog.put<Maintenance>(`/status-page/maintenance/${id}`, input, version), touches),
    remove: useChange(({ id, version }: Versioned) => catalog.delete(`/status-page/maintenance/${id}`, version), touches),
  };
}
