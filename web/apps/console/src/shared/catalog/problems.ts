/** Problems in words. */
import type { ProblemState } from '@itechsmart/api';
import { words } from '#shared/format/text';
import type { Tone } from '#shared/ui/State';

export const problemStates: Record<ProblemState, { tone: Tone; word: string }> = {
  open: { tone: 'info', word: 'Open' },
  known_error: { tone: 'warning', word: 'Known error' },
  resolved: { tone: 'success', word: 'Resolved' },
  closed: { tone: 'neutral', word: 'Closed' },
};

export function problemState(state: string): { tone: Tone; word: string } {
  return problemStates[state as ProblemState] ?? { tone: 'neutral', word: words(state.replaceAll('_', '-')) };
}
