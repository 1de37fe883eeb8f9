import type { Group, Named } from '@itechsmart/api';
import { GONE_GROUP, type Names } from '#shared/catalog/words';

/** The groups to choose from, and those that are chosen already, whether or not the caller sees all. */
export function groupOptions(groups: readonly Group[] | undefined, names: Names, chosen: readonly string[]): Named[] {
  const known = groups?.map(({ id, name }) => ({ id, name })) ?? [];
  const others = chosen.filter((id) => !known.some((group) => group.id === id));
  return [...known, ...others.map((id) => ({ id, name: names.groups.get(id) ?? GONE_GROUP }))];
}
