import type { Flag } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

export function useSwitchFlag() {
  return useChange(
    ({ name, enabled, version }: Pick<Flag, 'name' | 'enabled' | 'version'>) =>
      hub.put(`/flags/${encodeURIComponent(name)}`, { enabled }, version),
    ['flags'],
  );
}
