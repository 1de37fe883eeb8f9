import type { TenantState } from '@itechsmart/api';
import type { Tone } from '#shared/ui/State';

export const tenantStates: Record<TenantState, { tone: Tone; word: string }> = {
  active: { tone: 'success', word: 'Active' },
  suspended: { tone: 'warning', word: 'Suspended' },
  deleting: { tone: 'error', word: 'Being deleted' },
};

/** "Acme Ltd. (Berlin)" → "acme-ltd-berlin" */
export function slugOf(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48);
}
