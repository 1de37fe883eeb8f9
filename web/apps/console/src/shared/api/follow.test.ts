import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { follow, RECONNECT_MS_MAX, RECONNECT_MS_MIN } from './follow';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function streamOf(...texts: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}

function follower() {
  return { opened: vi.fn(), heard: vi.fn(), broken: vi.fn() };
}

it('opens a stream again that ends, and says so each time', async () => {
  const stop = new AbortController();
  const told = follower();
  const open = vi.fn(() => Promise.resolve(streamOf(': open\n\n', 'event: new\ndata: {}\n\n')));
  const following = follow(open, told, stop.signal);
  await vi.advanceTimersByTimeAsync(0);
  expect(told.heard.mock.calls).toEqual([[{ id: '', event: 'new', data: '{}' }]]);
  expect(told.broken).toHaveBeenCalledExactlyOnceWith(undefined);
  await vi.advanceTimersByTimeAsync(RECONNECT_MS_MIN);
  expect(told.opened).toHaveBeenCalledTimes(2);
  stop.abort();
  await following;
  await vi.advanceTimersByTimeAsync(RECONNECT_MS_MAX);
  expect(open).toHaveBeenCalledTimes(2);
});

it('waits longer and longer for a server that is away, and no longer than it has to', async () => {
  const stop = new AbortController();
  const told = follower();
  const open = vi.fn(() => Promise.reject(new Error('gone')));
  const following = follow(open, told, stop.signal);
  await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 4_000);
  expect(open).toHaveBeenCalledTimes(4);
  await vi.advanceTimersByTimeAsync(60_000);
  const before = open.mock.calls.length;
  await vi.advanceTimersByTimeAsync(RECONNECT_MS_MAX);
  expect(open.mock.calls.length).toBe(before + 1);
  expect(told.opened).not.toHaveBeenCalled();
  stop.abort();
  await following;
});
