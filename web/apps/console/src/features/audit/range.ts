/** The stretch of time that the audit log shows. */
import { fromLocalField } from '#shared/format/time';

export const ranges = [
  { value: '', title: 'Any time' },
  { value: '1h', title: 'Last hour', ms: 3_600_000 },
  { value: '1d', title: 'Last 24 hours', ms: 86_400_000 },
  { value: '7d', title: 'Last 7 days', ms: 604_800_000 },
  { value: '30d', title: 'Last 30 days', ms: 2_592_000_000 },
  { value: 'own', title: 'From … to …' },
] as const;

/** A query that asks for the last hour stays the same for this long. */
const STEP_MS = 60_000;

export function timeRange(
  range: string,
  from: string,
  to: string,
  now: number,
): { from?: string | undefined; to?: string | undefined } {
  if (range === 'own') return { from: fromLocalField(from), to: fromLocalField(to) };
  const found = ranges.find(({ value }) => value === range);
  if (found === undefined || !('ms' in found)) return {};
  return { from: new Date(Math.floor((now - found.ms) / STEP_MS) * STEP_MS).toISOString() };
}
