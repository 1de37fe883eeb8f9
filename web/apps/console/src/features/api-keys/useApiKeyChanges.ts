import type { ApiKeyWithSecret, NewApiKey, Rotation } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

const touched = ['api-keys', 'overview'];

export function useMakeKey() {
  return useChange((key: NewApiKey) => hub.post<ApiKeyWithSecret>('/api-keys', key), touched);
}

export function useRotateKey() {
  return useChange(
    ({ id, ...rotation }: Rotation & { id: string }) =>
      hub.post<ApiKeyWithSecret>(`/api-keys/${id}/rotate`, rotation),
    touched,
  );
}

export function useRevokeKey() {
  return useChange((id: string) => hub.delete(`/api-keys/${id}`), touched);
}
