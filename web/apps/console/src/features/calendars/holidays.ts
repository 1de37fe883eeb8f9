/** Holidays in words and in order. */
import type { Holiday } from '@itechsmart/api';
import { civilDay, exact } from '#shared/format/time';

const isDay = (end: string) => /^\d{4}-\d\d-\d\d$/.test(end);
const isWallClock = (end: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(end);

function endWords(end: string): string {
  if (isDay(end)) return civilDay(end);
  return isWallClock(end) ? `${civilDay(end.slice(0, 10))}, ${end.slice(11, 16)}` : exact(end);
}

/** "25 Dec 2026", "25 Dec 2026 – 26 Dec 2026", "24 Dec 2026, 12:00 – 24 Dec 2026, 18:00" */
export function holidayWords({ from, to }: Holiday): string {
  return from === to && isDay(from) ? endWords(from) : `${endWords(from)} – ${endWords(to)}`;
}

export const isSameHoliday = (one: Holiday, other: Holiday): boolean => one.name === other.name && one.from === other.from && one.to === other.to;

/** By their beginning; those of one instant by their name. */
export function inOrder(holidays: readonly Holiday[]): Holiday[] {
  return [...holidays].sort((a, b) => a.from.localeCompare(b.from) || a.name.localeCompare(b.name));
}

export function years(holidays: readonly Holiday[]): string[] {
  return [...new Set(holidays.map(({ from }) => from.slice(0, 4)))].sort();
}

/** Touches that year. */
export function isIn({ from, to }: Holiday, year: string): boolean {
  return from.slice(0, 4) <= year && year <= to.slice(0, 4);
}
