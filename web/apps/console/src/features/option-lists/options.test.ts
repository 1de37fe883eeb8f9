import { expect, it } from 'vitest';
import { faults, toDraft, toInput } from './options';

it('keeps the label where there is no value, and nothing where an option goes with nothing', () => {
  const options = [
    { label: ' Berlin ', value: '', of: '' },
    { label: 'Room 1', value: 'r1', of: ' Berlin ' },
  ];
  const input = toInput({ name: ' Sites ', options });
  expect(input).toEqual({
    name: 'Sites',
    options: [
      { label: 'Berlin', value: 'Berlin', of: null },
      { label: 'Room 1', value: 'r1', of: 'Berlin' },
    ],
  });
  expect(toInput(toDraft(input))).toEqual(input);
});

it('finds options without a label, and those of a value that is there already', () => {
  const one = (label: string, value = '') => ({ label, value, of: '' });
  expect(faults([one('a'), one('b', 'a'), one('', 'c'), one('d', ' '), one('d2', 'd')])).toEqual([
    undefined,
    'There is an option of the value “a” already.',
    'It needs a label.',
    undefined,
    'There is an option of the value “d” already.',
  ]);
});
