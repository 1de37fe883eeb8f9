import type { WeeklyHours } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { endsNextDay, fault, isRight, nextStretch, officeWeek, toHours, toWeek, weekMinutes } from './hours';

it('reads hours back as they were', () => {
  const hours: WeeklyHours[] = [
    { weekday: 'monday', from: '09:00', to: '12:00' },
    { weekday: 'monday', from: '13:00', to: '17:00' },
    { weekday: 'friday', from: '22:00', to: '06:00' },
    { weekday: 'sunday', from: '00:00', to: '24:00' },
  ];
  const week = toWeek(hours);
  expect(toHours(week)).toEqual(hours);
  // A time field shows midnight, and means the end of the day.
  expect(week.sunday).toEqual([{ from: '00:00', to: '00:00' }]);
  expect(weekMinutes(week)).toBe((3 + 4 + 8 + 24) * 60);
});

it('counts a week, also over midnight', () => {
  expect(weekMinutes(officeWeek())).toBe(40 * 60);
  expect(endsNextDay({ from: '22:00', to: '06:00' })).toBe(true);
  expect(endsNextDay({ from: '09:00', to: '17:00' })).toBe(false);
  expect(endsNextDay({ from: '09:00', to: '00:00' })).toBe(false);
});

it('finds what overlaps, and what is missing', () => {
  expect(fault([])).toBeUndefined();
  expect(fault([{ from: '13:00', to: '17:00' }, { from: '09:00', to: '13:00' }])).toBeUndefined();
  expect(fault([{ from: '09:00', to: '13:00' }, { from: '12:59', to: '17:00' }])).toBe('These overlap.');
  expect(fault([{ from: '09:00', to: '' }])).toBe('Say from when until when.');
});

it('is right with at least one hour somewhere', () => {
  expect(isRight(officeWeek())).toBe(true);
  expect(isRight(toWeek([]))).toBe(false);
  expect(isRight({ ...officeWeek(), sunday: [{ from: '', to: '' }] })).toBe(false);
});

it('offers what comes after the last of a day', () => {
  expect(nextStretch([])).toEqual({ from: '09:00', to: '17:00' });
  expect(nextStretch([{ from: '09:00', to: '12:00' }])).toEqual({ from: '13:00', to: '16:00' });
});
