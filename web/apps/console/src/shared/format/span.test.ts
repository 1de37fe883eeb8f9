import { expect, it } from 'vitest';
import { span } from './span';

const [S, MIN, H] = [1_000, 60_000, 3_600_000] as const;

it.each([
  [0, '0 min'],
  [400, 'less than 1 s'],
  [59 * S, '59 s'],
  [MIN, '1 min'],
  [15 * MIN + 20 * S, '15 min'],
  [90 * MIN, '1 h 30 min'],
  [24 * H, '24 h'],
  [48 * H + 5 * MIN, '48 h 5 min'],
  [7 * 24 * H, '168 h'],
  [1_000 * H + 3 * MIN, '1,000 h 3 min'],
  [-90 * MIN, '1 h 30 min'],
])('tells %d ms as %s', (ms, text) => {
  expect(span(ms)).toBe(text);
});
