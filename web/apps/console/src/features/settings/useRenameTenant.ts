import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

export function useRenameTenant(etag: string | undefined) {
  return useChange((name: string) => hub.patch('/tenant', { name }, etag), ['tenant', 'me']);
}
