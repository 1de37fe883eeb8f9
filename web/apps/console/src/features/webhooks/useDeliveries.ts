import type { Delivery } from '@itechsmart/api';
import { usePages } from '#shared/api/usePages';

const REFRESH_MS = 5_000;

export function useDeliveries(id: string) {
  return usePages<Delivery>(['webhooks', id, 'deliveries'], `/webhooks/${id}/deliveries`, {}, {
    refetchInterval: REFRESH_MS,
  });
}
