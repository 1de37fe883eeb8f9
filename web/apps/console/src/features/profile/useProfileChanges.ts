import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

export function useRename(etag: string | undefined) {
  return useChange((name: string) => hub.patch('/me', { name }, etag), ['me']);
}

export function useChangeEmail() {
  return useChange(
    (change: { email: string; password: string }) => hub.post('/me/email', change),
    ['me'],
  );
}

export function useChangePassword() {
  return useChange(
    (change: { current_password: string; new_password: string }) => hub.post('/me/password', change),
    ['me', 'sessions'],
  );
}
