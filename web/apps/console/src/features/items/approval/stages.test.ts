import { expect, it } from 'vitest';
import { blank } from '../content';
import { addStage, changeStage, joined, moveStage, remind, removeStage, ruleName, ruleOf, sorted, warnings } from './stages';

const two = () => addStage(addStage(blank));

it('begins with the manager, and adds stages of other names', () => {
  expect(two().approval.stages.map(({ name, approvers }) => [name, approvers])).toEqual([
    ['Manager', ['manager']],
    ['Stage 2', []],
  ]);
});

it('changes, moves and removes one', () => {
  const changed = changeStage(two(), 1, { name: 'Budget', approvers: ['cost_centre_owner'], rule: 'all' });
  expect(moveStage(changed, 1, 0).approval.stages.map(({ name }) => name)).toEqual(['Budget', 'Manager']);
  expect(moveStage(changed, 0, 2)).toEqual(changed);
  expect(removeStage(changed, 0).approval.stages).toEqual([{ name: 'Budget', approvers: ['cost_centre_owner'], rule: 'all', escalate_to: [] }]);
});

it('takes approvers apart and puts them together again', () => {
  const approvers = ['manager' as const, { user: 'a' }, { group: 'g' }];
  expect(sorted(approvers)).toEqual({ manager: true, owner: false, people: ['a'], groups: ['g'] });
  expect(joined(sorted(approvers))).toEqual(approvers);
});

it('knows rules by their names', () => {
  expect(ruleName({ quorum: 3 })).toBe('quorum');
  expect(ruleOf('quorum', 0)).toEqual({ quorum: 1 });
  expect(ruleOf('all', 3)).toBe('all');
});

it('reminds before the deadline, and not when there is no time left', () => {
  expect(remind({ within_minutes: 100, remind_after_minutes: [50] }).remind_after_minutes).toEqual([50, 75]);
  expect(remind({ within_minutes: 2, remind_after_minutes: [1] }).remind_after_minutes).toEqual([1]);
});

it('warns of a stage that could only fail', () => {
  const stage = { name: 'x', rule: 'any' as const, escalate_to: [] };
  expect(warnings({ ...stage, approvers: ['cost_centre_owner'] }, {})).toHaveLength(1);
  expect(warnings({ ...stage, approvers: ['cost_centre_owner'] }, { cost_centre_id: 'c' })).toEqual([]);
  expect(warnings({ ...stage, rule: { quorum: 2 }, approvers: [{ user: 'a' }] }, {})).toHaveLength(1);
  expect(warnings({ ...stage, rule: { quorum: 2 }, approvers: [{ group: 'g' }] }, {})).toEqual([]);
  expect(warnings({ ...stage, approvers: ['manager'] }, {})).toHaveLength(1);
  expect(warnings({ ...stage, approvers: ['manager'], escalate_to: [{ user: 'a' }] }, {})).toEqual([]);
  expect(warnings({ ...stage, approvers: [{ user: 'a' }], deadline: { within_minutes: 60, remind_after_minutes: [60] } }, {})).toHaveLength(1);
});
