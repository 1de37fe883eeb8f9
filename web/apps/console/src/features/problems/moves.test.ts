import { expect, it } from 'vitest';
import { problemMoves } from './moves';

const to = (state: 'open' | 'known_error' | 'resolved' | 'closed', root_cause = '', workaround = '') => problemMoves({ state, root_cause, workaround });

it('leads where the service lets it, and out of closed nowhere', () => {
  expect(to('open').map((move) => move.to)).toEqual(['known_error', 'resolved', 'closed']);
  expect(to('known_error').map((move) => move.to)).toEqual(['resolved', 'open', 'closed']);
  expect(to('resolved').map((move) => move.to)).toEqual(['open', 'closed']);
  expect(to('closed')).toEqual([]);
});

it('says what a known error lacks', () => {
  const lacks = (cause: string, workaround: string) => to('open', cause, workaround)[0]?.lacks;
  expect(lacks('', 'Restart')).toBe('Say first what its root cause is.');
  expect(lacks('A leak', '')).toBe('Say first how to work around it.');
  expect(lacks('A leak', 'Restart')).toBeUndefined();
});
