/** What happens in the tenant, as it happens. */
import type { HubEvent, Problem } from '@itechsmart/api';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { follow } from '#shared/api/follow';
import { hub } from '#shared/session/session';
import { joined } from './stream';

export type Connection = 'connecting' | 'live' | 'broken' | 'paused';

interface Stream {
  events: HubEvent[];
  connection: Connection;
  problem: Problem | undefined;
}

const initial: Stream = { events: [], connection: 'connecting', problem: undefined };

export function useEventStream(name: string, live: boolean): Stream {
  const [stream, setStream] = useState<Stream>(initial);
  const queries = useQueryClient();
  useEffect(() => {
    if (!live) return;
    const stop = new AbortController();
    const update = (change: Partial<Stream>) => setStream((current) => ({ ...current, ...change }));
    const follower = {
      begun: () => setStream(initial),
      opened: () => {
        update({ connection: 'live', problem: undefined });
        void queries.invalidateQueries({ queryKey: ['events'] });
      },
      heard: ({ event, data }: { event: string; data: string }) => {
        // Too slow for this stream: what it missed is among those that are read.
        if (event === 'missed') return void queries.invalidateQueries({ queryKey: ['events'] });
        const heard = JSON.parse(data) as HubEvent;
        setStream((current) => ({ ...current, events: joined([heard], current.events) }));
      },
      broken: (problem: Problem | undefined) => update({ connection: 'broken', problem }),
    };
    void follow((signal) => hub.stream('/events/stream', { name: name || undefined }, signal), follower, stop.signal);
    return () => stop.abort();
  }, [name, live, queries]);
  return live ? stream : { ...stream, connection: 'paused' };
}
