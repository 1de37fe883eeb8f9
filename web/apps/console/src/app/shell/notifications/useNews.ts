/**
 * Reads the notifications again when the server says that there are new ones. Only while the page is
 * seen: a browser has few connections to a server for all its tabs, and one in the background
 * reads when it comes back.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { follow } from '#shared/api/follow';
import { once } from '#shared/api/once';
import { hub } from '#shared/session/session';
import { useVisible } from '#shared/ui/useVisible';

/** Several that come together are read together. */
const TOGETHER_MS = 300;

export function useNews(): void {
  const visible = useVisible();
  const queries = useQueryClient();
  useEffect(() => {
    if (!visible) return;
    const stop = new AbortController();
    const read = once(() => void queries.invalidateQueries({ queryKey: ['notifications'] }), TOGETHER_MS, stop.signal);
    const follower = { opened: read, heard: read, broken: () => undefined };
    void follow((signal) => hub.stream('/me/notifications/stream', {}, signal), follower, stop.signal);
    return () => stop.abort();
  }, [visible, queries]);
}
