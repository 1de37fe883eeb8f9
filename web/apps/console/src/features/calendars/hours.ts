/** Weekly hours as one edits them: the stretches of each day. */
import type { Weekday, WeeklyHours } from '@itechsmart/api';

export const weekdays: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** By the wall clock, as a time field has it. What ends at its beginning or before ends on the next day. */
export interface Stretch {
  from: string;
  to: string;
}

export type Week = Record<Weekday, Stretch[]>;

const empty = (): Week => ({ monday: [], tuesday: [], wednesday: [], thursday: [], friday: [], saturday: [], sunday: [] });

export function officeWeek(): Week {
  const week = empty();
  for (const day of weekdays.slice(0, 5)) week[day] = [{ from: '09:00', to: '17:00' }];
  return week;
}

export function toWeek(hours: readonly WeeklyHours[]): Week {
  const week = empty();
  // A time field knows no 24:00: it is midnight of the next day.
  for (const { weekday, from, to } of hours) week[weekday]?.push({ from, to: to === '24:00' ? '00:00' : to });
  for (const day of weekdays) week[day].sort((a, b) => a.from.localeCompare(b.from));
  return week;
}

export function toHours(week: Week): WeeklyHours[] {
  return weekdays.flatMap((weekday) => week[weekday].map(({ from, to }) => ({ weekday, from, to: to === '00:00' ? '24:00' : to })));
}

const DAY = 1_440;

function minuteOf(time: string): number | undefined {
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(time) ?? [];
  return hour === undefined ? undefined : Number(hour) * 60 + Number(minute);
}

/** Its first minute of the day, and its last, which may be on the next. */
function minutes({ from, to }: Stretch): [number, number] | undefined {
  const [begin, end] = [minuteOf(from), minuteOf(to)];
  if (begin === undefined || end === undefined) return undefined;
  return [begin, end > begin ? end : end + DAY];
}

export const endsNextDay = (stretch: Stretch): boolean => stretch.to !== '00:00' && (minutes(stretch)?.[1] ?? 0) > DAY;

/** What is wrong with a day; undefined where nothing is. */
export function fault(stretches: readonly Stretch[]): string | undefined {
  const all = stretches.map(minutes);
  if (all.some((one) => one === undefined)) return 'Say from when until when.';
  const known = (all as [number, number][]).sort(([a], [b]) => a - b);
  const overlaps = known.some(([begin], index) => index > 0 && begin < (known[index - 1]?.[1] ?? 0));
  return overlaps ? 'These overlap.' : undefined;
}

export function isRight(week: Week): boolean {
  return weekdays.every((day) => fault(week[day]) === undefined) && weekdays.some((day) => week[day].length > 0);
}

/** Minutes of a week that are open. */
export function weekMinutes(week: Week): number {
  const all = weekdays.flatMap((day) => week[day].map(minutes));
  return all.reduce<number>((sum, one) => sum + (one === undefined ? 0 : one[1] - one[0]), 0);
}

/** A stretch after the last of a day, as somebody most likely wants it. */
export function nextStretch(stretches: readonly Stretch[]): Stretch {
  const last = stretches.at(-1);
  const end = last === undefined ? undefined : minutes(last)?.[1];
  if (end === undefined || end >= DAY - 60) return { from: '09:00', to: '17:00' };
  const clock = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return { from: clock(end + 60 < DAY ? end + 60 : end), to: clock(Math.min(end + 240, DAY - 1)) };
}
