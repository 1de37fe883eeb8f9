import type { Webhook } from '@itechsmart/api';
import { useObject } from '#shared/api/useObject';

export function useWebhook(id: string) {
  return useObject<Webhook>(['webhooks', id], `/webhooks/${id}`);
}
