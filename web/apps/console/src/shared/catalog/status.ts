/** How components of a status page stand, in words. */
import type { ComponentImpact, ComponentState, MaintenancePhase } from '@itechsmart/api';
import type { Tone } from '#shared/ui/State';

interface Shown {
  tone: Tone;
  word: string;
}

/** What is worse stands further below. */
export const componentStates: Record<ComponentState, Shown> = {
  operational: { tone: 'success', word: 'Operational' },
  maintenance: { tone: 'info', word: 'Maintenance' },
  degraded: { tone: 'warning', word: 'Degraded' },
  partial_outage: { tone: 'error', word: 'Partial outage' },
  major_outage: { tone: 'error', word: 'Major outage' },
};

/** A state that this console does not know is none to call fine. */
export function componentState(state: string): Shown {
  return componentStates[state as ComponentState] ?? { tone: 'neutral', word: 'Unknown' };
}

export const impacts: readonly ComponentImpact[] = ['degraded', 'partial_outage', 'major_outage'];

export const phases: Record<MaintenancePhase, Shown> = {
  running: { tone: 'info', word: 'Under way' },
  coming: { tone: 'neutral', word: 'Planned' },
  over: { tone: 'success', word: 'Over' },
};

export const statusPath = (slug: string): string => `/status/${slug}`;
