/** Times as people read them, in their own time zone. */
import { count } from './text';

const DAY_MS = 86_400_000;
const HALF_MINUTE_MS = 30_000;

/** A unit, its length, and from how long it is used. Days are told up to two months: "next month" says too little. */
const steps: readonly [unit: Intl.RelativeTimeFormatUnit, length: number, from?: number][] = [
  ['year', 365 * DAY_MS],
  ['month', 30 * DAY_MS, 60 * DAY_MS],
  ['day', DAY_MS],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

const relativeFormat = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const dateFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

/** "3 minutes ago", "in 2 days", "just now". */
export function relative(time: string | number, now: number): string {
  const exactly = new Date(time).getTime() - now;
  // A key for 30 days has them still when it is shown, not 29.
  const difference = exactly > HALF_MINUTE_MS ? exactly + HALF_MINUTE_MS : exactly;
  if (Number.isNaN(difference)) return 'unknown';
  for (const [unit, length, from = length] of steps) {
    if (Math.abs(difference) >= from) {
      return relativeFormat.format(Math.trunc(difference / length), unit);
    }
  }
  return 'just now';
}

/** "27 Nov 2026, 14:03:09 UTC+1": nothing left to guess. */
export function exact(time: string | number, timeZone?: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return 'unknown';
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'shortOffset',
    ...(timeZone === undefined ? {} : { timeZone }),
  })
    .format(date)
    .replace('GMT', 'UTC');
}

/** "27 Nov 2026, 14:03 UTC+1": what was set to the minute. */
export function minute(time: string | number): string {
  return exact(time).replace(/(\d\d:\d\d):\d\d/, '$1');
}

/** "27 Nov 2026" */
export function day(time: string | number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? 'unknown' : dateFormat.format(date);
}

const civilFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** "2026-11-27" → "27 Nov 2026", in every zone: a date is no moment. */
export function civilDay(date: string): string {
  const parsed = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(parsed.getTime()) ? date : civilFormat.format(parsed);
}

/** A moment as a `datetime-local` field holds it. */
export function toLocalField(time: string | number): string {
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** 90 → "1 hour 30 minutes", 4320 → "3 days". */
export function duration(minutes: number): string {
  const parts: [number, string][] = [
    [Math.floor(minutes / 1_440), 'day'],
    [Math.floor((minutes % 1_440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ];
  const told = parts.filter(([number]) => number > 0).map(([number, unit]) => count(number, unit));
  return told.join(' ') || count(0, 'minute');
}

/** What a `datetime-local` field holds, as an instant; undefined where it is empty or wrong. */
export function fromLocalField(value: string): string | undefined {
  const date = new Date(value);
  return value === '' || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
