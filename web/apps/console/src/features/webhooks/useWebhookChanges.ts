import type { Webhook, WebhookInput, WebhookWithSecret } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

export function useCreateWebhook() {
  return useChange(
    (webhook: WebhookInput) => hub.post<WebhookWithSecret>('/webhooks', webhook),
    ['webhooks'],
  );
}

export function useWebhookChanges(id: string, etag: string | undefined) {
  const path = `/webhooks/${id}` as const;
  return {
    change: useChange((webhook: WebhookInput) => hub.patch<Webhook>(path, webhook, etag), ['webhooks']),
    test: useChange(() => hub.post(`${path}/test`), ['webhooks']),
    newSecret: useChange(() => hub.post<WebhookWithSecret>(`${path}/secret`), ['webhooks']),
    remove: useChange(() => hub.delete(path, etag), ['events']),
  };
}
