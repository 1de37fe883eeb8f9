/** Spans of counted time, as a clock shows them. */

const units: readonly [ms: number, unit: string][] = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/**
 * 5_400_000 → "1 h 30 min"; of less than a minute the seconds. There are no days: 24 hours of a calendar that
 * is open for eight are three.
 */
export function span(ms: number): string {
  const size = Math.abs(ms);
  let rest = size;
  const parts: string[] = [];
  for (const [length, unit] of units) {
    const number = Math.floor(rest / length);
    rest -= number * length;
    if (number === 0 || (unit === 's' && parts.length > 0)) continue;
    parts.push(`${number.toLocaleString('en')} ${unit}`);
  }
  if (parts.length === 0) return size > 0 ? 'less than 1 s' : '0 min';
  return parts.join(' ');
}
