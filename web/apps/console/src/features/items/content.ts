/** What an item is while somebody edits it. All is plain data, and every step is a function of it. */
import type { ItemContent, ItemVersion } from '@itechsmart/api';

export const blank: ItemContent = {
  category_id: '',
  name: '',
  summary: '',
  description: '',
  price: '0',
  group_ids: [],
  form: { fields: [] },
  approval: { stages: [] },
  tasks: { tasks: [] },
};

/** A version to go on from. */
export function editable(version: ItemVersion): ItemContent {
  const { category_id, name, summary, description, price, group_ids, form, approval, tasks } = version;
  const content = { category_id, name, summary, description, price, group_ids, form, approval, tasks };
  return {
    ...content,
    ...(version.cost_centre_id != null && { cost_centre_id: version.cost_centre_id }),
    ...(version.parts !== undefined && { parts: version.parts }),
  };
}

/** Whether two are the same, whatever the order in which their parts were written. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, at) => same(one, b[at]));
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) || Array.isArray(b)) {
    // Left out, null and undefined are the same to the server.
    return (a ?? undefined) === (b ?? undefined);
  }
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => same(one[name], other[name]));
}

/** A list with one item changed. */
export function at<T>(list: readonly T[], place: number, change: (item: T) => T): T[] {
  return list.map((item, index) => (index === place ? change(item) : item));
}

export function without<T>(list: readonly T[], place: number): T[] {
  return list.filter((_, index) => index !== place);
}

const KEY_CHARS_MAX = 60;

/** What programs call something, made of what people call it: "Größe (GB)" → `grosse_gb`. */
export function keyFor(label: string, taken: ReadonlySet<string>, otherwise: string): string {
  const plain = label.toLowerCase().replaceAll('ß', 'ss').normalize('NFD').replace(/\p{M}/gu, '');
  const words = plain.replace(/[^a-z0-9]+/g, '_').replace(/^[_0-9]+|_+$/g, '');
  return unique(words.slice(0, KEY_CHARS_MAX).replace(/_+$/, '') || otherwise, taken, '_');
}

/** The name itself, or the first of `name_2`, `name_3` … that is free. */
export function unique(name: string, taken: ReadonlySet<string>, between: string): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) {
    const next = `${name}${between}${number}`;
    if (!taken.has(next)) return next;
  }
}
