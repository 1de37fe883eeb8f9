/** Where a problem may go, and what it lacks for it. */
import type { ProblemRecord, ProblemState } from '@itechsmart/api';

export interface ProblemMove {
  to: ProblemState;
  title: string;
  about: string;
  /** What is to be written first. */
  lacks?: string;
}

type Known = Pick<ProblemRecord, 'state' | 'root_cause' | 'workaround'>;

export function problemMoves({ state, root_cause, workaround }: Known): ProblemMove[] {
  if (state === 'closed') return [];
  const noCause = root_cause === '' ? 'Say first what its root cause is.' : undefined;
  const noWorkaround = noCause ?? (workaround === '' ? 'Say first how to work around it.' : undefined);
  const move = (to: ProblemState, title: string, about: string, lacks?: string): ProblemMove => ({ to, title, about, ...(lacks !== undefined && { lacks }) });
  const all = [
    move('known_error', 'It is a known error', 'The cause is known, and there is a workaround. Its tickets show it as a known error.', noWorkaround),
    move('resolved', 'It is resolved', 'The cause is gone for good.', noCause),
    move('open', state === 'resolved' ? 'It is back' : 'The cause is not known', 'The cause is looked for again.'),
    move('closed', 'Close it', 'It is history, or was none. It cannot be opened again.'),
  ];
  return all.filter(({ to }) => to !== state && !(state === 'resolved' && to === 'known_error'));
}
