import type { AcceptMailInput, MailMessage, MailState } from '@itechsmart/api';
import { useCatalogObject, useCatalogPages } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const KEY = 'catalog.mail';
/** How soon one sees what has come in meanwhile. */
const LOOK_MS = 30_000;

export function useMessages(state: MailState) {
  return useCatalogPages<MailMessage>([KEY, 'list'], '/mail/messages', { state }, { refetchInterval: LOOK_MS });
}

export function useMessage(id: string) {
  return useCatalogObject<MailMessage>([KEY, id], `/mail/messages/${id}`);
}

export function useMessageChanges(id: string) {
  const path = `/mail/messages/${id}` as const;
  return {
    accept: useChange((input: AcceptMailInput) => catalog.post<MailMessage>(`${path}/accept`, input), [KEY, 'catalog.tickets']),
    discard: useChange(() => catalog.post(`${path}/discard`), [KEY]),
  };
}
