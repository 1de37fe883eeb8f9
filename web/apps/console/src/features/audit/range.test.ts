import { expect, it } from 'vitest';
import { timeRange } from './range';

const now = Date.parse('2026-03-01T12:00:30Z');

it('begins the asked time ago, to the minute, so that the query stays the same for a while', () => {
  expect(timeRange('1h', '', '', now)).toEqual({ from: '2026-03-01T11:00:00.000Z' });
  expect(timeRange('1h', '', '', now + 20_000)).toEqual({ from: '2026-03-01T11:00:00.000Z' });
});

it('has no bounds for any time, nor for what nobody knows', () => {
  expect(timeRange('', '', '', now)).toEqual({});
  expect(timeRange('9x', '', '', now)).toEqual({});
});

it('takes its own bounds only as far as they are given', () => {
  const { from, to } = timeRange('own', '2026-03-01T12:00', '', now);
  expect(from).toBe(new Date(2026, 2, 1, 12).toISOString());
  expect(to).toBeUndefined();
});
