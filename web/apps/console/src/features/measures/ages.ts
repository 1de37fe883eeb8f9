/** Ages of open tickets in words. */
import { count } from '#shared/format/text';

/** "Today", "1 to 2 days", "90 days and more" */
export function ageWords(min: number, max: number | null): string {
  if (max === null) return `${count(min, 'day')} and more`;
  if (min === max) return min === 0 ? 'Today' : count(min, 'day');
  return `${min} to ${count(max, 'day')}`;
}

/** A mean of days, to one place. */
export function daysWords(days: number): string {
  return count(Math.round(days * 10) / 10, 'day');
}
