/**
 * The token of a one-time link. It stands behind the `#`, which no server and no log ever sees, and
 * leaves the address bar at once, so that it is not in the history either.
 */
import { useEffect, useState } from 'react';

export function useLinkToken(): string {
  const [token] = useState(() => tokenOf(location.hash));
  useEffect(() => {
    if (location.hash !== '') history.replaceState(history.state, '', location.pathname);
  }, []);
  return token;
}

export function tokenOf(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';
}
