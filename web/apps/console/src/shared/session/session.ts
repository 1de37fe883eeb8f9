/** The one session of this tab, and the clients that speak in its name. */
import { Client, Session, type CatalogPaths, type HubPaths } from '@itechsmart/api';

export const session = new Session();
export const hub = new Client<HubPaths>('/api/v1/hub', session);
export const catalog = new Client<CatalogPaths>('/api/v1/service-catalog', session);

/**
 * The tenant that this tab is at, so that a reload stays there. It names a tenant and opens none:
 * the server decides anew at each refresh.
 */
const TENANT_KEY = 'itechsmart.tenant';

export function rememberedTenant(): string | undefined {
  return sessionStorage.getItem(TENANT_KEY) ?? undefined;
}

export function rememberTenant(id: string | undefined): void {
  if (id === undefined) sessionStorage.removeItem(TENANT_KEY);
  else sessionStorage.setItem(TENANT_KEY, id);
}
