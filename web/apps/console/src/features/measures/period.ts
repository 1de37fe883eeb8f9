/** The stretch of time that is measured, in whole days of UTC, and the parts that it is shown in. */
export const presets = [
  { value: '7', title: 'Last 7 days' },
  { value: '30', title: 'Last 30 days' },
  { value: '90', title: 'Last 90 days' },
  { value: 'year', title: 'This year' },
  { value: 'own', title: 'Own dates' },
] as const;

export type Preset = (typeof presets)[number]['value'];
export const DEFAULT_PRESET: Preset = '30';

/** The first and the last day, both included. */
export interface Period {
  from: string;
  until: string;
}

const DAY_MS = 86_400_000;
/** As the server has it. */
const DAYS_MAX = 3_660;
/** Up to so many days are shown one by one, and up to so many by weeks. */
const BY_DAY_DAYS_MAX = 31;
const BY_WEEK_DAYS_MAX = 120;

const time = (day: string): number => (/^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN);

export function dayAfter(day: string, days: number): string {
  return new Date(time(day) + days * DAY_MS).toISOString().slice(0, 10);
}

export function presetOf(value: string): Preset {
  return presets.find((preset) => preset.value === value)?.value ?? DEFAULT_PRESET;
}

/** Own dates begin as the last 30 days. */
export function periodOf(preset: Preset, own: Period, today: string): Period {
  if (preset === 'own') return { from: own.from || dayAfter(today, -29), until: own.until || today };
  if (preset === 'year') return { from: `${today.slice(0, 4)}-01-01`, until: today };
  return { from: dayAfter(today, 1 - Number(preset)), until: today };
}

const daysOf = ({ from, until }: Period): number => (time(until) - time(from)) / DAY_MS + 1;

/** Why nothing can be measured in a period. */
export function faultOf(period: Period): string | undefined {
  const days = daysOf(period);
  if (Number.isNaN(days)) return 'Choose both days.';
  if (days < 1) return 'The last day is before the first.';
  return days > DAYS_MAX ? 'Choose ten years at most.' : undefined;
}

export type TimePart = 'day' | 'week' | 'month';

/** In what a period is shown best. */
export function partOf(period: Period): TimePart {
  const days = daysOf(period);
  if (days <= BY_DAY_DAYS_MAX) return 'day';
  return days <= BY_WEEK_DAYS_MAX ? 'week' : 'month';
}

/** The days of a part that are in the period: its first and last week or month may reach beyond it. */
export function within(part: TimePart, first: string, period: Period): Period {
  const [year, month] = [Number(first.slice(0, 4)), Number(first.slice(5, 7))];
  const last = part === 'day' ? first : part === 'week' ? dayAfter(first, 6) : new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
  return { from: first < period.from ? period.from : first, until: last > period.until ? period.until : last };
}
