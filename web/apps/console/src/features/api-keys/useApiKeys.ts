import type { ApiKey } from '@itechsmart/api';
import { usePages } from '#shared/api/usePages';

export function useApiKeys() {
  return usePages<ApiKey>(['api-keys'], '/api-keys');
}
