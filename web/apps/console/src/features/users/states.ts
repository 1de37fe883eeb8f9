import type { UserState } from '@itechsmart/api';
import type { Tone } from '#shared/ui/State';

export const userStates: Record<UserState, { tone: Tone; word: string }> = {
  active: { tone: 'success', word: 'Active' },
  invited: { tone: 'info', word: 'Invited' },
  locked: { tone: 'warning', word: 'Locked' },
  disabled: { tone: 'neutral', word: 'Disabled' },
};
