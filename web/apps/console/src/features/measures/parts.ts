/** What parts of what is measured are called. */
import { kindWord } from '#shared/catalog/tickets';
import { civilDay } from '#shared/format/time';

interface Named {
  key: string;
  label: string;
}

/** Days and weeks by their (first) day, months by their name; short where the year is clear. */
export function partWords(by: string, { key, label }: Named, length: 'long' | 'short' = 'long'): string {
  if (by === 'kind') return kindWord(key);
  if (by === 'month') return civilDay(key).replace(/^\d+ /, '');
  if (by !== 'day' && by !== 'week') return label;
  return length === 'long' ? civilDay(key) : civilDay(key).replace(/ \d{4}$/, '');
}

/** What their column is called. */
export function partTitle(by: string, options: readonly (readonly [value: string, name: string])[]): string {
  return by === 'week' ? 'Week from' : (options.find(([value]) => value === by)?.[1] ?? '');
}
