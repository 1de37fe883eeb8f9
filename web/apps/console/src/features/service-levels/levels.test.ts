import type { ServiceLevels } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { isUneven, withPriority } from './levels';

const matrix: ServiceLevels['matrix'] = [
  ['P4', 'P4', 'P3'],
  ['P4', 'P3', 'P2'],
  ['P3', 'P2', 'P1'],
];

it('changes one place of the matrix, and no other', () => {
  const changed = withPriority(matrix, 0, 2, 'P2');
  expect(changed).toEqual([['P4', 'P4', 'P2'], ['P4', 'P3', 'P2'], ['P3', 'P2', 'P1']]);
  expect(matrix[0]?.[2]).toBe('P3');
});

it('finds where more impact or urgency makes it less important', () => {
  expect(isUneven(matrix)).toBe(false);
  expect(isUneven(withPriority(matrix, 2, 2, 'P3'))).toBe(true);
  expect(isUneven(withPriority(matrix, 0, 0, 'P1'))).toBe(true);
});
