import type { Tenant } from '@itechsmart/api';
import { State } from '#shared/ui/State';
import { tenantStates } from './states';

export function TenantStateOf({ state }: { state: Tenant['state'] }) {
  return <State tone={tenantStates[state].tone}>{tenantStates[state].word}</State>;
}
