/** What happens in the tenant, as it happens; connects again whenever the stream breaks. */
import { readEvents, toProblem, type HubEvent, type Problem } from '@itechsmart/api';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { hub } from '#shared/session/session';
import { joined, RECONNECT_MS_MAX, RECONNECT_MS_MIN } from './stream';

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
    const update: Update = (change) => setStream((current) => ({ ...current, ...change(current) }));
    // What happened while no stream was open is among those that are read.
    void follow(name, stop.signal, update, () => void queries.invalidateQueries({ queryKey: ['events'] }));
    return () => stop.abort();
  }, [name, live, queries]);
  return live ? stream : { ...stream, connection: 'paused' };
}

type Update = (change: (current: Stream) => Partial<Stream>) => void;

async function follow(name: string, signal: AbortSignal, update: Update, opened: () => void): Promise<void> {
  let wait_ms = RECONNECT_MS_MIN;
  update(() => ({ events: [], connection: 'connecting', problem: undefined }));
  while (!signal.aborted) {
    try {
      const stream = await hub.stream('/events/stream', { name: name || undefined }, signal);
      update(() => ({ connection: 'live', problem: undefined }));
      opened();
      wait_ms = RECONNECT_MS_MIN;
      for await (const { data } of readEvents(stream)) {
        const event = JSON.parse(data) as HubEvent;
        update((current) => ({ events: joined([event], current.events) }));
      }
    } catch (error) {
      if (signal.aborted) return;
      update(() => ({ problem: toProblem(error) }));
    }
    if (signal.aborted) return;
    update(() => ({ connection: 'broken' }));
    await pause(wait_ms, signal);
    wait_ms = Math.min(wait_ms * 2, RECONNECT_MS_MAX);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
