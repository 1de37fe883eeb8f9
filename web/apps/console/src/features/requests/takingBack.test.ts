import type { RequestTask } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { takingBack } from './takingBack';

const task = (state: RequestTask['state']): RequestTask => ({ key: state, name: state, state, calls: 0, may_work: false });

it('says that nobody is asked any more, where it is not approved yet', () => {
  expect(takingBack({ state: 'approving', tasks: [task('waiting')] })).toBe('Nobody is asked about it any more, and none of it is done. What was decided so far stays in the trail.');
});

it('says of what is being done what stops, what does not, and what stays', () => {
  const said = takingBack({ state: 'fulfilling', tasks: [task('done'), task('called'), task('waiting')] });
  expect(said).toContain('Tasks that are not done are given up');
  expect(said).toContain('Automation that is at work is not stopped');
  expect(said).toContain('What is done already stays done');
  const begun = takingBack({ state: 'fulfilling', tasks: [task('open')] });
  expect(begun).not.toContain('Automation');
  expect(begun).not.toContain('stays done');
});

it('says that the rest of a bundle goes on', () => {
  const others = [{ id: 'o', number: 8, item_name: 'Mouse', state: 'approving' as const, may_see: true }];
  expect(takingBack({ state: 'approving', tasks: [], bundle: { id: 'b', name: 'Desk', version: 1, others } })).toContain('goes on');
});
