import { expect, it } from 'vitest';
import { hasFailed, whose } from './taskWords';

it('tells whose a task is, and that automation is nobody’s', () => {
  expect(whose({})).toBe('Automation');
  expect(whose({ group: { id: 'g', name: 'Network' } })).toBe('Network');
  expect(whose({ group: { id: 'g', name: 'Network' }, assignee: { id: 'a', name: 'Ada' } })).toBe('Ada · Network');
  expect(whose({ group: { id: 'g' }, assignee: { id: 'a' } })).toBe('somebody who has left · A group that is gone');
});

it('knows what stands still', () => {
  expect((['failed', 'timed_out', 'called', 'open', 'skipped'] as const).map((state) => hasFailed({ state }))).toEqual([true, true, false, false, false]);
});
