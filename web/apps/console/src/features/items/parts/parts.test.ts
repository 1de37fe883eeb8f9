import { expect, it } from 'vitest';
import { blank } from '../content';
import { addPart, movePart, partsOf, presetPart, removePart, requirePart, strangers } from './parts';

const two = addPart(addPart(blank, 'laptop'), 'phone');
const ids = (content: typeof blank) => partsOf(content).map(({ item_id }) => item_id);

it('adds, moves and removes what belongs to a bundle', () => {
  expect(partsOf(two)).toEqual([
    { item_id: 'laptop', is_required: true, presets: {} },
    { item_id: 'phone', is_required: true, presets: {} },
  ]);
  expect(ids(movePart(two, 0, 1))).toEqual(['phone', 'laptop']);
  expect(ids(removePart(two, 0))).toEqual(['phone']);
  expect(partsOf(requirePart(two, 1, false)).map((part) => part.is_required)).toEqual([true, false]);
});

it('says with what a form begins, and takes that back', () => {
  const light = { answer: { choice: 'light' }, is_fixed: true };
  const preset = presetPart(two, 0, 'size', light);
  expect(partsOf(preset)[0]?.presets).toEqual({ size: light });
  expect(partsOf(preset)[1]?.presets).toEqual({});
  expect(partsOf(presetPart(preset, 0, 'size', undefined))[0]?.presets).toEqual({});
});

it('finds what is preset of fields that are gone', () => {
  const [part] = partsOf(presetPart(two, 0, 'size', { answer: { choice: 'light' }, is_fixed: false }));
  if (part === undefined) throw new Error('there is a part');
  expect(strangers(part, { fields: [] })).toEqual(['size']);
  expect(strangers(part, { fields: [{ key: 'size', label: 'Size', kind: { type: 'text', chars_max: 9 } }] })).toEqual([]);
});
