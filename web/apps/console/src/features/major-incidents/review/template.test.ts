import { expect, it } from 'vitest';
import { faults, freshKey } from './template';

it('wants a key of its own for each section', () => {
  expect(faults([{ key: 'summary' }, { key: 'summary' }, { key: 'Root cause' }, { key: '' }])).toEqual([
    undefined,
    'Another section has this key.',
    'Small letters, digits and _ alone, and at least one.',
    'Small letters, digits and _ alone, and at least one.',
  ]);
  expect(freshKey([{ key: 'a' }, { key: 'section_3' }])).toBe('section_4');
});
