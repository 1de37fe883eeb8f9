/** What changed from one version of an item to the next, in words. */
import type { ApprovalStage, BundlePart, Field, ItemContent, PlannedTask } from '@itechsmart/api';
import { price } from '#shared/format/decimal';
import { same } from '../content';

export interface Lookups {
  category: (id: string) => string;
  costCentre: (id: string) => string;
  group: (id: string) => string;
  item: (id: string) => string;
  /** What prices are in, if that is known. */
  currency: string | undefined;
}

export function changes(before: ItemContent, after: ItemContent, names: Lookups): string[] {
  const found: string[] = [];
  const told = (what: string, one: string, other: string) => {
    if (one !== other) found.push(`${what}: ${one} → ${other}`);
  };
  told('Name', quoted(before.name), quoted(after.name));
  if (before.summary !== after.summary) found.push('The summary was rewritten');
  if (before.description !== after.description) found.push('The description was rewritten');
  told('Price', price(before.price, names.currency), price(after.price, names.currency));
  told('Category', names.category(before.category_id), names.category(after.category_id));
  const centre = (id: string | null | undefined) => (id == null ? 'no cost centre' : names.costCentre(id));
  told('Charged to', centre(before.cost_centre_id), centre(after.cost_centre_id));
  const groups = (ids: readonly string[]) => ids.map(names.group).sort().join(', ') || 'everybody';
  told('Shown to', groups(before.group_ids), groups(after.group_ids));
  found.push(...ofParts(before.parts ?? [], after.parts ?? [], names));
  found.push(...ofFields(before.form.fields, after.form.fields));
  found.push(...ofStages(before.approval.stages, after.approval.stages));
  found.push(...ofTasks(before.tasks.tasks, after.tasks.tasks));
  return found;
}

const quoted = (text: string) => `“${text}”`;

function ofParts(before: readonly BundlePart[], after: readonly BundlePart[], names: Lookups): string[] {
  return named(times(before), times(after), ({ id }) => id, ({ item_id }) => names.item(item_id), 'Item', (old, now) => {
    const parts: [string, unknown, unknown][] = [
      ['whether it may be left out', old.is_required, now.is_required],
      ['the answers that are given', old.presets, now.presets],
    ];
    const other = parts.filter(([, one, two]) => !same(one, two)).map(([what]) => what);
    return `Item ${quoted(names.item(now.item_id))}: ${other.join(', ')} changed`;
  });
}

/** The same item may be there more than once: told apart by which time it is. */
function times(parts: readonly BundlePart[]): (BundlePart & { id: string })[] {
  const seen = new Map<string, number>();
  return parts.map((part) => {
    const time = (seen.get(part.item_id) ?? 0) + 1;
    seen.set(part.item_id, time);
    return { ...part, id: `${part.item_id} ${time}` };
  });
}

function ofFields(before: readonly Field[], after: readonly Field[]): string[] {
  const found = named(before, after, ({ key }) => key, ({ label }) => label, 'Field', (old, now) => {
    const label = old.label === now.label ? quoted(now.label) : `${quoted(old.label)}, now ${quoted(now.label)}`;
    const parts: [string, unknown, unknown][] = [
      ['what it takes', old.kind, now.kind],
      ['what it begins with', old.prefill, now.prefill],
      ['when it is asked', old.show, now.show],
      ['when it has to be answered', [old.required, old.require], [now.required, now.require]],
      ['its help', old.help ?? '', now.help ?? ''],
    ];
    const other = parts.filter(([, one, two]) => !same(one, two)).map(([what]) => what);
    return other.length === 0 ? `Field ${label}` : `Field ${label}: ${other.join(', ')} changed`;
  });
  return found;
}

function ofStages(before: readonly ApprovalStage[], after: readonly ApprovalStage[]): string[] {
  return named(before, after, ({ name }) => name, ({ name }) => name, 'Stage', (old, now) => {
    const parts: [string, unknown, unknown][] = [
      ['who is asked', old.approvers, now.approvers],
      ['how many have to approve', old.rule, now.rule],
      ['when it is needed', old.condition, now.condition],
      ['the deadline', old.deadline, now.deadline],
      ['to whom it passes on', old.escalate_to ?? [], now.escalate_to ?? []],
    ];
    const other = parts.filter(([, one, two]) => !same(one, two)).map(([what]) => what);
    return `Stage ${quoted(now.name)}: ${other.join(', ')} changed`;
  });
}

function ofTasks(before: readonly PlannedTask[], after: readonly PlannedTask[]): string[] {
  return named(before, after, ({ key }) => key, ({ name }) => name, 'Task', (old, now) => {
    const parts: [string, unknown, unknown][] = [
      ['its name', old.name, now.name],
      ['who does it', old.work, now.work],
      ['what it comes after', old.after ?? [], now.after ?? []],
    ];
    const other = parts.filter(([, one, two]) => !same(one, two)).map(([what]) => what);
    return `Task ${quoted(now.name)}: ${other.join(', ')} changed`;
  });
}

/** What is new, gone, other than it was, or at another place. */
function named<T>(
  before: readonly T[],
  after: readonly T[],
  id: (one: T) => string,
  title: (one: T) => string,
  what: string,
  difference: (old: T, now: T) => string,
): string[] {
  const [old, now] = [new Map(before.map((one) => [id(one), one])), new Map(after.map((one) => [id(one), one]))];
  const found: string[] = [];
  for (const [key, one] of now) {
    const earlier = old.get(key);
    if (earlier === undefined) found.push(`${what} ${quoted(title(one))} is new`);
    else if (!same(earlier, one)) found.push(difference(earlier, one));
  }
  for (const [key, one] of old) if (!now.has(key)) found.push(`${what} ${quoted(title(one))} is gone`);
  const [kept, order] = [[...old.keys()].filter((key) => now.has(key)), [...now.keys()].filter((key) => old.has(key))];
  if (kept.join('\n') !== order.join('\n')) found.push(`${what}s are in another order`);
  return found;
}
