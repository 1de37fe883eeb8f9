import type { MailSettings, MailSettingsView } from '@itechsmart/api';
import { useCatalogObject } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const KEY = 'catalog.mail-settings';

export function useMailSettings() {
  return useCatalogObject<MailSettingsView>([KEY], '/mail/settings');
}

export function useMailSettingsChange(etag: string | undefined) {
  return useChange((settings: MailSettings) => catalog.put<MailSettingsView>('/mail/settings', settings, etag), [KEY]);
}
