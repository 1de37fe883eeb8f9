/** Times as people read them, in their own time zone. */

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

/** "27 Nov 2026" */
export function day(time: string | number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? 'unknown' : dateFormat.format(date);
}

/** What a `datetime-local` field holds, as an instant; undefined where it is empty or wrong. */
export function fromLocalField(value: string): string | undefined {
  const date = new Date(value);
  return value === '' || Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
