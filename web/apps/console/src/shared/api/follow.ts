/** A stream of server-sent events that is opened again whenever it breaks. */
import { readEvents, toProblem, type Problem, type ServerSentEvent } from '@itechsmart/api';

export const RECONNECT_MS_MIN = 1_000;
export const RECONNECT_MS_MAX = 30_000;

export interface Follower {
  /** Before the first try. */
  begun?: () => void;
  /** What happened while no stream was open is to be read. */
  opened: () => void;
  heard: (event: ServerSentEvent) => void;
  broken: (problem: Problem | undefined) => void;
}

/** Follows a stream until `signal` ends it, with longer and longer pauses while it does not open. */
export async function follow(
  open: (signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>,
  { begun, opened, heard, broken }: Follower,
  signal: AbortSignal,
): Promise<void> {
  begun?.();
  let wait_ms = RECONNECT_MS_MIN;
  while (!signal.aborted) {
    let problem: Problem | undefined;
    try {
      const stream = await open(signal);
      opened();
      wait_ms = RECONNECT_MS_MIN;
      for await (const event of readEvents(stream)) heard(event);
    } catch (error) {
      if (signal.aborted) return;
      problem = toProblem(error);
    }
    if (signal.aborted) return;
    broken(problem);
    await pause(wait_ms, signal);
    wait_ms = Math.min(wait_ms * 2, RECONNECT_MS_MAX);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });
}
