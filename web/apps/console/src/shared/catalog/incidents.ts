/** Major incidents in words. */
import type { MajorIncidentRole, MajorIncidentState } from '@itechsmart/api';
import { words } from '#shared/format/text';
import type { Tone } from '#shared/ui/State';

interface Shown {
  tone: Tone;
  word: string;
}

export const incidentStates: Record<MajorIncidentState, Shown> = {
  declared: { tone: 'error', word: 'Declared' },
  investigating: { tone: 'error', word: 'Investigating' },
  identified: { tone: 'warning', word: 'Cause identified' },
  monitoring: { tone: 'warning', word: 'Monitoring' },
  resolved: { tone: 'success', word: 'Resolved' },
  reviewed: { tone: 'neutral', word: 'Reviewed' },
};

export function incidentState(state: string): Shown {
  return incidentStates[state as MajorIncidentState] ?? { tone: 'neutral', word: words(state.replaceAll('_', '-')) };
}

export const isActive = (state: string): boolean => state !== 'resolved' && state !== 'reviewed';

export const incidentRoles: Record<MajorIncidentRole, { title: string; about: string }> = {
  commander: { title: 'Commander', about: 'Leads it, and decides.' },
  technical: { title: 'Technical lead', about: 'Finds the cause, and what helps.' },
  communications: { title: 'Communications lead', about: 'Tells everybody how it stands.' },
  operations: { title: 'Operations lead', about: 'Carries out what is decided.' },
  security: { title: 'Security lead', about: 'Looks after what it means for security.' },
};

export const roleTitle = (role: string): string => incidentRoles[role as MajorIncidentRole]?.title ?? words(role);

export const incidentPath = (id: string): string => `/service-catalog/major-incidents/${id}`;
