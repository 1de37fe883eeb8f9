import type { RequestSeat, RequestStage, RequestTask } from '@itechsmart/api';
import { words } from '#shared/format/text';
import type { Tone } from '#shared/ui/State';

interface Shown {
  tone: Tone;
  word: string;
}

export const requestStates: Record<string, Shown> = {
  approving: { tone: 'info', word: 'Waiting for approval' },
  fulfilling: { tone: 'info', word: 'Being done' },
  fulfilled: { tone: 'success', word: 'Done' },
  rejected: { tone: 'error', word: 'Rejected' },
  failed: { tone: 'warning', word: 'Nobody to ask' },
  cancelled: { tone: 'neutral', word: 'Taken back' },
};

/** A state that a newer server knows is shown by its name. */
export function requestState(state: string): Shown {
  return requestStates[state] ?? { tone: 'neutral', word: words(state.replaceAll('_', '-')) };
}

export const itemStates: Record<string, Shown> = {
  draft: { tone: 'info', word: 'Draft' },
  published: { tone: 'success', word: 'Published' },
  withdrawn: { tone: 'neutral', word: 'Withdrawn' },
};

export const stageStates: Record<RequestStage['state'], Shown> = {
  waiting: { tone: 'neutral', word: 'Not asked yet' },
  skipped: { tone: 'neutral', word: 'Not needed' },
  open: { tone: 'info', word: 'Waiting' },
  approved: { tone: 'success', word: 'Approved' },
  rejected: { tone: 'error', word: 'Rejected' },
  ended: { tone: 'neutral', word: 'Not decided' },
};

export const taskStates: Record<RequestTask['state'], Shown> = {
  waiting: { tone: 'neutral', word: 'Not begun' },
  open: { tone: 'info', word: 'To do' },
  called: { tone: 'info', word: 'Automation at work' },
  done: { tone: 'success', word: 'Done' },
  failed: { tone: 'error', word: 'Failed' },
  timed_out: { tone: 'error', word: 'Not answered in time' },
  skipped: { tone: 'neutral', word: 'Passed over' },
  cancelled: { tone: 'neutral', word: 'Given up' },
};

export const seatWords: Record<RequestSeat['state'], string> = {
  open: 'Has not decided yet',
  decided: '',
  left: 'Not an approver any more',
  lapsed: 'Was not waited for',
};
