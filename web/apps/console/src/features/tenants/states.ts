import type { TenantState } from '@itechsmart/api';
import type { Tone } from '#shared/ui/State';

export const tenantStates: Record<TenantState, { tone: Tone; word: string }> = {
  active: { tone: 'success', word: 'Active' },
  suspended: { tone: 'warning', word: 'Suspended' },
  deleting: { tone: 'error', word: 'Being deleted' },
};
