/** Spans of time, as a clock shows them. */

const units: readonly [ms: number, unit: string][] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** 5_400_000 → "1 h 30 min": the two largest units; of less than a minute the seconds. */
export function span(ms: number): string {
  const size = Math.abs(ms);
  // Days would hide what a target of 24 hours means.
  const of = units.slice(size >= 3 * 86_400_000 ? 0 : 1);
  let rest = size;
  const parts: string[] = [];
  let first: number | undefined;
  for (const [index, [length, unit]] of of.entries()) {
    const number = Math.floor(rest / length);
    rest -= number * length;
    if (number === 0) continue;
    first ??= index;
    if (index - first > 1 || (unit === 's' && parts.length > 0)) break;
    parts.push(`${number} ${unit}`);
  }
  if (parts.length === 0) return size > 0 ? 'less than 1 s' : '0 min';
  return parts.join(' ');
}
