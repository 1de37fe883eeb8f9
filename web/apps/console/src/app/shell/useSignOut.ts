import { useState } from 'react';
import { leave } from '#shared/session/SessionProvider';
import { hub } from '#shared/session/session';
import { useToast } from '#shared/ui/toast';

/** Ends the session on the server first: a token that only this tab forgets would go on. */
export function useSignOut() {
  const [busy, setBusy] = useState(false);
  const toast = useToast();
  const signOut = async () => {
    setBusy(true);
    try {
      await hub.delete('/session');
      leave();
    } catch {
      toast('You are still signed in: the server did not end the session. Try again.', 'error');
      setBusy(false);
    }
  };
  return { signOut, busy };
}
