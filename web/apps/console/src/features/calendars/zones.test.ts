import { expect, it } from 'vitest';
import { current, zones } from './zones';

it('lists each place once, by its name of today', () => {
  expect(new Set(zones).size).toBe(zones.length);
  expect(zones).toContain('Asia/Kolkata');
  expect(zones).not.toContain('Asia/Calcutta');
  expect(zones[0]).toBe('UTC');
  expect(current('Europe/Berlin')).toBe('Europe/Berlin');
});
