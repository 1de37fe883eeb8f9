import type { TaskSummary } from '@itechsmart/api';
import { useCatalogPages } from '#shared/api/useCatalog';

export const filterNames = ['state', 'group'] as const;
/** Texts; what is not narrowed is empty. */
export type Filter = Record<(typeof filterNames)[number], string>;

export const noFilter: Filter = { state: '', group: '' };

const KEY = 'catalog.tasks';
const REFRESH_MS = 20_000;

export function useMyTasks() {
  return useCatalogPages<TaskSummary>([KEY, 'own'], '/my/tasks', {}, { refetchInterval: REFRESH_MS });
}

/** Without a state, those that people have to see to. */
export function useAllTasks({ state, group }: Filter) {
  return useCatalogPages<TaskSummary>([KEY, 'all'], '/tasks', { state: state || undefined, group_id: group || undefined }, { refetchInterval: REFRESH_MS });
}
