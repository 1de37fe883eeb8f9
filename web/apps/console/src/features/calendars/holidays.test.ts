import { expect, it } from 'vitest';
import { holidayWords, inOrder, isIn, isSameHoliday, years } from './holidays';

const day = (name: string, from: string, to = from) => ({ name, from, to });

it('tells dates, and times of the wall clock', () => {
  expect(holidayWords(day('Christmas', '2026-12-25'))).toBe('25 Dec 2026');
  expect(holidayWords(day('Christmas', '2026-12-25', '2026-12-26'))).toBe('25 Dec 2026 – 26 Dec 2026');
  expect(holidayWords(day('Eve', '2026-12-24T12:00:00', '2026-12-24T18:00:00'))).toBe('24 Dec 2026, 12:00 – 24 Dec 2026, 18:00');
});

it('orders them, and finds those of a year', () => {
  const all = [day('B', '2027-01-01'), day('Turn', '2026-12-31', '2027-01-02'), day('A', '2027-01-01')];
  expect(inOrder(all).map(({ name }) => name)).toEqual(['Turn', 'A', 'B']);
  expect(years(all)).toEqual(['2026', '2027']);
  expect(all.filter((one) => isIn(one, '2026')).map(({ name }) => name)).toEqual(['Turn']);
  expect(all.filter((one) => isIn(one, '2027'))).toHaveLength(3);
});

it('knows one again', () => {
  expect(isSameHoliday(day('A', '2027-01-01'), day('A', '2027-01-01'))).toBe(true);
  expect(isSameHoliday(day('A', '2027-01-01'), day('A', '2027-01-01', '2027-01-02'))).toBe(false);
});
