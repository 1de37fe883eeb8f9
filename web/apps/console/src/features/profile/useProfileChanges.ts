import type { EmailChange, PasswordChange } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

export function useRename(etag: string | undefined) {
  return useChange((name: string) => hub.patch('/me', { name }, etag), ['me']);
}

export function useChangeEmail() {
  return useChange((change: EmailChange) => hub.post('/me/email', change), ['me']);
}

export function useChangePassword() {
  return useChange(
    (change: PasswordChange) => hub.post('/me/password', change),
    ['me', 'sessions'],
  );
}
