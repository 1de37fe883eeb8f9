import { expect, it } from 'vitest';
import { dueOf } from './due';

const now = Date.parse('2026-11-27T12:00:00Z');

it('says by when to decide, and that it is late', () => {
  expect(dueOf('2026-11-27T14:00:00Z', now)).toEqual({ word: 'in 2 hours', isOverdue: false });
  expect(dueOf('2026-11-27T12:00:00Z', now)).toEqual({ word: 'Overdue, due just now', isOverdue: true });
  expect(dueOf('2026-11-26T12:00:00Z', now)).toEqual({ word: 'Overdue, due yesterday', isOverdue: true });
});
