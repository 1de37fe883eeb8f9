import { expect, it } from 'vitest';
import { joined, LIVE_EVENTS_MAX } from './stream';

const event = (id: string, at_ms: number) => ({ id, name: 'x.y.z', at: new Date(at_ms).toISOString(), subject: '', data: {} });

it('shows an event that arrives twice once, the newest first', () => {
  const list = joined([event('b', 2), event('c', 3)], [event('b', 2), event('a', 1)]);
  expect(list.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
});

it('forgets the oldest of too many', () => {
  const many = Array.from({ length: LIVE_EVENTS_MAX }, (_, index) => event(String(index), index));
  const list = joined([event('new', 10_000)], many);
  expect(list).toHaveLength(LIVE_EVENTS_MAX);
  expect(list[0]?.id).toBe('new');
});
