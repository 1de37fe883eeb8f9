import { expect, it } from 'vitest';
import { dayAfter, faultOf, partOf, periodOf, presetOf, within } from './period';

const today = '2026-11-28';
const own = { from: '', until: '' };

it('counts today among the last days', () => {
  expect(periodOf('7', own, today)).toEqual({ from: '2026-11-22', until: today });
  expect(periodOf('90', own, today)).toEqual({ from: '2026-08-31', until: today });
  expect(periodOf('year', own, today)).toEqual({ from: '2026-01-01', until: today });
  expect(presetOf('never')).toBe('30');
});

it('takes own dates as they are, and begins with the last 30 days', () => {
  expect(periodOf('own', own, today)).toEqual(periodOf('30', own, today));
  expect(periodOf('own', { from: '2025-02-01', until: '2025-02-28' }, today)).toEqual({ from: '2025-02-01', until: '2025-02-28' });
});

it('says why a period is none', () => {
  expect(faultOf({ from: '2026-01-02', until: '2026-01-02' })).toBeUndefined();
  expect(faultOf({ from: '2026-01-02', until: '2026-01-01' })).toMatch(/before the first/);
  expect(faultOf({ from: 'x', until: '2026-01-01' })).toMatch(/both/);
  expect(faultOf({ from: '2010-01-01', until: '2026-01-01' })).toMatch(/ten years/);
});

it('chooses the part by the length', () => {
  const part = (days: number) => partOf({ from: today, until: dayAfter(today, days - 1) });
  expect([7, 31, 32, 120, 121].map(part)).toEqual(['day', 'day', 'week', 'week', 'month']);
});

it('cuts a part where the period ends', () => {
  const period = { from: '2026-01-30', until: '2026-03-03' };
  expect(within('month', '2026-02-01', period)).toEqual({ from: '2026-02-01', until: '2026-02-28' });
  expect(within('month', '2026-01-01', period)).toEqual({ from: '2026-01-30', until: '2026-01-31' });
  expect(within('week', '2026-03-02', period)).toEqual({ from: '2026-03-02', until: '2026-03-03' });
  expect(within('day', '2026-02-11', period)).toEqual({ from: '2026-02-11', until: '2026-02-11' });
});
