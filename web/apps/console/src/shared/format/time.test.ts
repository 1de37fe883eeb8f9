import { describe, expect, it } from 'vitest';
import { civilDay, day, duration, exact, fromLocalField, minute, relative, toLocalField } from './time';

const now = Date.parse('2026-03-01T12:00:00Z');
const at = (seconds: number) => now + seconds * 1_000;

describe('relative times', () => {
  it.each([
    [0, 'just now'],
    [-59, 'just now'],
    [-60, '1 minute ago'],
    [-3_599, '59 minutes ago'],
    [-7_200, '2 hours ago'],
    [-86_400, 'yesterday'],
    [86_400 * 3, 'in 3 days'],
    [86_400 * 30 - 9, 'in 30 days'],
    [86_400 - 9, 'tomorrow'],
    [-86_400 * 45, '45 days ago'],
    [-86_400 * 75, '2 months ago'],
    [-86_400 * 800, '2 years ago'],
  ])('%i seconds from now is %s', (seconds, words) => expect(relative(at(seconds), now)).toBe(words));

  it('take RFC 3339, and nonsense without falling over', () => {
    expect(relative('2026-03-01T11:00:00Z', now)).toBe('1 hour ago');
    expect(relative('soon', now)).toBe('unknown');
  });
});

it('leaves nothing to guess in an exact time', () => {
  expect(exact('2026-03-01T12:00:09Z', 'Europe/Berlin')).toBe('1 Mar 2026, 13:00:09 UTC+1');
  expect(exact('never')).toBe('unknown');
  expect(day('never')).toBe('unknown');
});

it('reads what a field for a local time holds', () => {
  expect(fromLocalField('2026-03-01T12:00')).toBe(new Date(2026, 2, 1, 12).toISOString());
  expect(fromLocalField('')).toBeUndefined();
  expect(fromLocalField('x')).toBeUndefined();
});

it('tells a date as it is, in every zone', () => {
  expect(civilDay('2026-03-01')).toBe('1 Mar 2026');
  expect(civilDay('no date')).toBe('no date');
});

it('tells a span in days, hours and minutes', () => {
  expect(duration(4_320)).toBe('3 days');
  expect(duration(90)).toBe('1 hour 30 minutes');
  expect(duration(1_501)).toBe('1 day 1 hour 1 minute');
  expect(duration(0)).toBe('0 minutes');
});

it('fills a local field with what it reads from it', () => {
  const time = '2026-11-27T14:03:00.000Z';
  expect(fromLocalField(toLocalField(time))).toBe(time);
  expect(minute(time)).not.toMatch(/:\d\d:\d\d/);
});
