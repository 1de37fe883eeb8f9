import { expect, it } from 'vitest';
import { readEvents, type ServerSentEvent } from './sse';

const stream = (...chunks: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });

async function all(...chunks: string[]): Promise<ServerSentEvent[]> {
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(stream(...chunks))) events.push(event);
  return events;
}

it('puts events together however they are cut', async () => {
  const text = ': hello\n\nid: 1\nevent: hub.user.created\ndata: {"a":\ndata: 1}\n\ndata:x\r\n\r\ndata: lost';
  const expected = [
    { id: '1', event: 'hub.user.created', data: '{"a":\n1}' },
    { id: '', event: 'message', data: 'x' },
  ];
  expect(await all(text)).toEqual(expected);
  expect(await all(...text.split(''))).toEqual(expected);
});

it('gives up on what is no event stream', async () => {
  await expect(all('x'.repeat(1_100_000))).rejects.toThrow('too long');
});
