import { expect, it } from 'vitest';
import { presets } from '#shared/catalog/form/patterns';
import { ANYTHING, choiceOf, chosen, OWN, SOURCE_CHARS_MAX, written } from './patterns';

it('tells presets from patterns of one’s own, whatever their hint', () => {
  expect(choiceOf(null)).toBe(ANYTHING);
  expect(choiceOf({ source: '[0-9]+', hint: 'The number on the back' })).toBe('Digits');
  expect(choiceOf({ source: '[0-9]{4}', hint: '' })).toBe(OWN);
});

it('begins with what was chosen', () => {
  expect(chosen(ANYTHING)).toBeNull();
  for (const { title } of presets) expect(choiceOf(chosen(title))).toBe(title);
  expect(choiceOf(chosen(OWN))).toBe(OWN);
});

it('takes anything where nothing has to match', () => {
  expect(written({ source: '', hint: 'Four digits' })).toBeNull();
  expect(written({ source: '[0-9]{4}', hint: '' })).toEqual({ source: '[0-9]{4}', hint: '' });
  expect(Math.max(...presets.map(({ source }) => source.length))).toBeLessThanOrEqual(SOURCE_CHARS_MAX);
});
