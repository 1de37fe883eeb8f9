import type { ClockInterval, TicketClock } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { because, measureWords, reasonWords, remainingWords, segments, urge, used } from './clocks';

const HOUR_MS = 3_600_000;
const at = (hour: number) => new Date(Date.UTC(2026, 2, 2, hour)).toISOString();
const interval = (from: number, to: number, why: ClockInterval['why']): ClockInterval => ({ from: at(from), to: at(to), counted_ms: why === 'counts' ? (to - from) * HOUR_MS : 0, why });
const clock = (parts: Partial<TicketClock>): TicketClock => ({ measure: 'resolution', state: 'running', target_ms: 4 * HOUR_MS, elapsed_ms: HOUR_MS, remaining_ms: 3 * HOUR_MS, ...parts });
const groups = new Map([['g', 'Network']]);

const day = [interval(6, 9, 'outside_hours'), interval(9, 10, 'counts'), interval(10, 12, { paused: 'customer' }), interval(12, 14, { paused: 'vendor' }), interval(14, 18, 'counts')];

it('joins neighbours of one kind in the bar, which is whole', () => {
  const parts = segments(day);
  expect(parts.map(({ counting }) => counting)).toEqual(['closed', 'counts', 'paused', 'counts']);
  expect(parts.map(({ share }) => Math.round(share))).toEqual([25, 8, 33, 33]);
  expect(parts.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(100);
  expect(segments([])).toEqual([]);
  expect(segments([interval(9, 9, 'counts')])).toEqual([]);
});

it('says what counted and what did not', () => {
  expect(because(clock({ elapsed_ms: 5 * HOUR_MS }), day)).toBe('5 h of 4 h counted; 4 h paused, 3 h outside hours did not.');
  expect(because(clock({}), [interval(9, 10, 'counts')])).toBe('1 h of 4 h counted.');
});

it('warns only while it runs', () => {
  const warn_at = at(10);
  expect(urge(clock({ warn_at }), Date.parse(at(9)))).toBe('running');
  expect(urge(clock({ warn_at }), Date.parse(at(10)))).toBe('at_risk');
  expect(urge(clock({ warn_at, state: 'paused' }), Date.parse(at(12)))).toBe('paused');
  expect(urge(clock({ warn_at, state: 'breached' }), Date.parse(at(12)))).toBe('breached');
});

it('shows no more than all of a target, and how late it is', () => {
  expect(used(clock({}))).toBe(25);
  expect(used(clock({ elapsed_ms: 9 * HOUR_MS }))).toBe(100);
  expect(remainingWords(clock({ remaining_ms: -HOUR_MS, state: 'breached' }))).toBe('1 h late');
  expect(remainingWords(clock({ remaining_ms: HOUR_MS, state: 'met' }))).toBe('1 h to spare');
});

it('names what it counts, and why not', () => {
  expect(measureWords({ group: 'g' }, groups)).toBe('Time with Network');
  expect(measureWords({ tier: 2 }, groups)).toBe('Reply of tier 2');
  expect(reasonWords({ holiday: 'May Day' }, groups)).toBe('Holiday: May Day');
  expect(reasonWords({ paused: 'vendor' }, groups)).toBe('Paused: it waited for a vendor');
  expect(reasonWords({ other_group: 'x' }, groups)).toBe('It was with a group that is gone');
  expect(reasonWords({ other_group: null }, groups)).toBe('It was with no group');
});
