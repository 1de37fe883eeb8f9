/**
 * Reads tickets again as soon as something happens to one, where the caller may follow events. All others
 * ask every few seconds; both only while the page is seen.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { follow } from '#shared/api/follow';
import { once } from '#shared/api/once';
import { hub } from '#shared/session/session';
import { useCan } from '#shared/session/useMe';
import { useVisible } from '#shared/ui/useVisible';

/** Several that come together are read together. */
const TOGETHER_MS = 500;
const NAMES = 'service-catalog.ticket.*';

export function useTicketNews(): void {
  const visible = useVisible();
  const queries = useQueryClient();
  const may = useCan()('hub.events.read');
  useEffect(() => {
    if (!visible || !may) return;
    const stop = new AbortController();
    const read = once(() => void queries.invalidateQueries({ queryKey: ['catalog.tickets'] }), TOGETHER_MS, stop.signal);
    const follower = { opened: read, heard: read, broken: () => undefined };
    void follow((signal) => hub.stream('/events/stream', { name: NAMES }, signal), follower, stop.signal);
    return () => stop.abort();
  }, [visible, may, queries]);
}
