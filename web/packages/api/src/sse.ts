/** Server-sent events read from a fetch, since EventSource cannot send an Authorization header. */

export interface ServerSentEvent {
  id: string;
  event: string;
  data: string;
}

/** No event of ours is longer; what is longer is not an event stream. */
const EVENT_CHARS_MAX = 1_048_576;

export async function* readEvents(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split(/\r\n\r\n|\n\n|\r\r/);
      rest = blocks.pop() ?? '';
      if (rest.length > EVENT_CHARS_MAX) throw new Error('an event of the stream is too long');
      for (const block of blocks) {
        const event = parse(block);
        if (event !== undefined) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parse(block: string): ServerSentEvent | undefined {
  const event: ServerSentEvent = { id: '', event: 'message', data: '' };
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value] = /^([^:]+)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'data') data.push(value ?? '');
    if (field === 'event') event.event = value ?? '';
    if (field === 'id') event.id = value ?? '';
  }
  // A comment alone keeps the connection open and says nothing.
  return data.length === 0 ? undefined : { ...event, data: data.join('\n') };
}
