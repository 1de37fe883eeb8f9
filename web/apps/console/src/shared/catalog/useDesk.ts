/** The groups of the desk, by tier, and what it promises. */
import type { CurrentServiceLevels, Group } from '@itechsmart/api';
import { useAll } from '#shared/api/useAll';
import { useCatalogObject } from '#shared/api/useCatalog';
import { useCan } from '#shared/session/useMe';

export interface WorkingGroup {
  id: string;
  name: string;
  /** Absent where the caller may not read which tier it is of. */
  tier?: number;
}

export function useServiceLevels() {
  return useCatalogObject<CurrentServiceLevels>(['catalog.service-levels'], '/service-levels', { enabled: useCan()('catalog.service-levels.read') });
}

/** Groups to choose from: those of the desk, or all that the caller sees where it has none. */
export function useWorkingGroups(): { groups: WorkingGroup[]; hasTiers: boolean } {
  const levels = useServiceLevels().data?.data;
  const hasTiers = levels !== undefined && levels.levels.groups !== undefined && levels.levels.groups.length > 0;
  const all = useAll<Group>(['groups'], '/groups', useCan()('hub.groups.read') && !hasTiers);
  if (!hasTiers) return { groups: (all.data ?? []).map(({ id, name }) => ({ id, name })), hasTiers };
  const names = new Map(levels.groups.map(({ id, name }) => [id, name]));
  const groups = (levels.levels.groups ?? []).map(({ group_id, tier }) => ({ id: group_id, name: names.get(group_id) ?? 'A group that is gone', tier }));
  return { groups: groups.sort((a, b) => a.tier - b.tier || a.name.localeCompare(b.name)), hasTiers };
}
