import type { ItemContent } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { blank } from '../content';
import { addField, changeField, moveField, relabelField } from '../form/fields';
import { addPart, movePart, presetPart, removePart, requirePart } from '../parts/parts';
import { changes } from './changes';

const names = { category: (id: string) => id, costCentre: (id: string) => id, group: (id: string) => id, item: (id: string) => id, currency: 'EUR' };
const none = new Set<string>();

const before: ItemContent = relabelField(addField(relabelField(addField({ ...blank, name: 'Desk', category_id: 'Hardware' }, 'text'), 0, 'Why', none), 'number'), 1, 'How many', none);

it('finds nothing where nothing changed', () => {
  expect(changes(before, structuredClone(before), names)).toEqual([]);
});

it('tells what is another one', () => {
  const after = { ...before, name: 'Table', price: '20', cost_centre_id: '4711', group_ids: ['Lab'], description: 'New' };
  expect(changes(before, after, names)).toEqual([
    'Name: “Desk” → “Table”',
    'The description was rewritten',
    'Price: No charge → €20',
    'Charged to: no cost centre → 4711',
    'Shown to: everybody → Lab',
  ]);
});

it('tells of fields what is new, gone, other and elsewhere', () => {
  const asked = changeField(before, 0, { required: true, help: 'One word' });
  expect(changes(before, asked, names)).toEqual(['Field “Why”: when it has to be answered, its help changed']);
  const renamed = relabelField(before, 0, 'What for', new Set(['why']));
  expect(changes(before, renamed, names)).toEqual(['Field “Why”, now “What for”']);
  expect(changes(before, moveField(before, 0, 1), names)).toEqual(['Fields are in another order']);
  const other = { ...before, form: { fields: before.form.fields.slice(1) } };
  expect(changes(before, other, names)).toEqual(['Field “Why” is gone']);
  expect(changes(other, before, names)).toEqual(['Field “Why” is new']);
});

it('tells of stages who is asked', () => {
  const staged = (approvers: ItemContent['approval']['stages'][number]['approvers']): ItemContent => ({ ...before, approval: { stages: [{ name: 'Boss', rule: 'any', approvers }] } });
  expect(changes(staged(['manager']), staged(['cost_centre_owner']), names)).toEqual(['Stage “Boss”: who is asked changed']);
});

it('tells which items of a bundle are new, gone, and asked for otherwise', () => {
  const bundle = addPart(addPart(addPart({ ...blank, name: 'Newcomer' }, 'Laptop'), 'Access'), 'Access');
  expect(changes(bundle, removePart(bundle, 2), names)).toEqual(['Item “Access” is gone']);
  expect(changes(bundle, addPart(bundle, 'Phone'), names)).toEqual(['Item “Phone” is new']);
  expect(changes(bundle, movePart(bundle, 0, 1), names)).toEqual(['Items are in another order']);
  expect(changes(bundle, requirePart(bundle, 0, false), names)).toEqual(['Item “Laptop”: whether it may be left out changed']);
  const given = presetPart(bundle, 2, 'system', { answer: { text: 'Wiki' }, is_fixed: true });
  expect(changes(bundle, given, names)).toEqual(['Item “Access”: the answers that are given changed']);
});
