import type { OwnTenantChange } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

export function useChangeTenant(etag: string | undefined) {
  return useChange((change: OwnTenantChange) => hub.patch('/tenant', change, etag), ['tenant', 'me']);
}
