import { useChange } from '#shared/api/useChange';
import { hub } from '#shared/session/session';

/** Ends one session, or without an id all but this one. */
export function useEndSession() {
  return useChange(
    (id: string | undefined) => hub.delete(id === undefined ? '/me/sessions' : `/me/sessions/${id}`),
    ['sessions'],
  );
}
