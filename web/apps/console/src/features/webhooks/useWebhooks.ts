import type { Webhook } from '@itechsmart/api';
import { usePages } from '#shared/api/usePages';

export function useWebhooks() {
  return usePages<Webhook>(['webhooks'], '/webhooks');
}
