import type { ItemContent } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { blank, keyFor, same } from '../content';
import { addField, changeField, duplicateField, isAskedFor, moveField, relabelField, mediaTypes, relabelOption, removeField, removeOption, withQuery } from './fields';

const none = new Set<string>();

/** A choice, a text that depends on it, and a stage that does. */
function content(): ItemContent {
  let made = addField(blank, 'choice');
  made = relabelField(made, 0, 'Where it runs', none);
  made = relabelOption(made, 0, 0, 'Test', none);
  made = relabelOption(made, 0, 1, 'Production', none);
  made = addField(made, 'text');
  made = relabelField(made, 1, 'Why', none);
  const production = { answer: { field: 'where_it_runs', is: { equals: { choice: 'Production' } } } };
  made = changeField(made, 1, { show: production });
  return { ...made, approval: { stages: [{ name: 'Owner', rule: 'any', approvers: ['manager'], condition: { all: [production, { price_above: '5' }] } }] } };
}

it('makes keys of labels', () => {
  expect(keyFor('Größe (GB)', none, 'field')).toBe('grosse_gb');
  expect(keyFor('2nd name', none, 'field')).toBe('nd_name');
  expect(keyFor('日本', none, 'field')).toBe('field');
  expect(keyFor('Name', new Set(['name', 'name_2']), 'field')).toBe('name_3');
  expect(keyFor('x'.repeat(200), none, 'field').length).toBeLessThanOrEqual(64);
});

it('names a field, and what asks for it follows', () => {
  const renamed = relabelField(content(), 0, 'Environment', none);
  expect(renamed.form.fields[0]?.key).toBe('environment');
  expect(renamed.form.fields[1]?.show).toEqual({ answer: { field: 'environment', is: { equals: { choice: 'Production' } } } });
  expect(JSON.stringify(renamed.approval)).toContain('"field":"environment"');
  expect(JSON.stringify(renamed)).not.toContain('where_it_runs');
});

it('keeps the key of what is published', () => {
  const renamed = relabelField(content(), 0, 'Environment', new Set(['where_it_runs']));
  expect(renamed.form.fields[0]).toMatchObject({ key: 'where_it_runs', label: 'Environment' });
});

it('names an option, and conditions and beginnings follow', () => {
  const begun = changeField(content(), 0, { prefill: { value: { choice: 'Production' } } });
  const renamed = relabelOption(begun, 0, 1, 'Live', none);
  expect(renamed.form.fields[0]?.prefill).toEqual({ value: { choice: 'Live' } });
  expect(renamed.form.fields[1]?.show).toEqual({ answer: { field: 'where_it_runs', is: { equals: { choice: 'Live' } } } });
  const fixed = relabelOption(begun, 0, 1, 'Live', new Set(['Production']));
  expect(fixed.form.fields[0]?.kind).toMatchObject({ options: [{ value: 'Test' }, { value: 'Production', label: 'Live' }] });
});

it('takes away a field with what asks for it, and nothing else', () => {
  expect(isAskedFor(content(), 'where_it_runs')).toBe(true);
  const left = removeField(content(), 0);
  expect(left.form.fields).toHaveLength(1);
  expect(left.form.fields[0]?.show).toBeUndefined();
  expect(left.approval.stages[0]?.condition).toEqual({ price_above: '5' });
  expect(isAskedFor(left, 'where_it_runs')).toBe(false);
});

it('takes away an option with what asks for it', () => {
  const begun = changeField(content(), 0, { prefill: { value: { choice: 'Production' } } });
  const left = removeOption(begun, 0, 1);
  expect(left.form.fields[0]?.prefill).toBeUndefined();
  expect(left.form.fields[1]?.show).toBeUndefined();
  expect(left.approval.stages[0]?.condition).toEqual({ price_above: '5' });
});

it('moves and copies fields', () => {
  const moved = moveField(content(), 1, 0);
  expect(moved.form.fields.map(({ key }) => key)).toEqual(['why', 'where_it_runs']);
  expect(moveField(content(), 0, 5).form.fields.map(({ key }) => key)).toEqual(['where_it_runs', 'why']);
  const copied = duplicateField(content(), 1);
  expect(copied.form.fields.map(({ key }) => key)).toEqual(['where_it_runs', 'why', 'why_copy']);
});

it('sees no difference in what is left out', () => {
  expect(same({ a: 1, b: null }, { b: undefined, a: 1 })).toBe(true);
  expect(same({ a: [1, { c: 2 }] }, { a: [1, { c: 3 }] })).toBe(false);
  expect(same([1], [1, 2])).toBe(false);
});

it('keeps options that follow another field at it, whatever it is called', () => {
  let made = addField(addField(blank, 'choice'), 'choice');
  made = relabelField(made, 0, 'Site', none);
  const [, room] = made.form.fields;
  if (room?.kind.type !== 'choice') throw new Error('not a choice');
  made = changeField(made, 1, { kind: withQuery(room.kind, { source: 'list', list_id: 'rooms', of: 'site' }) });
  const of = (content: ItemContent) => content.form.fields.map(({ kind }) => ('query' in kind ? kind.query : undefined)).find((query) => query != null);
  expect(of(relabelField(made, 0, 'Place', none))).toEqual({ source: 'list', list_id: 'rooms', of: 'place' });
  expect(of(removeField(made, 0))).toEqual({ source: 'list', list_id: 'rooms', of: null });
});

it('has options of its own or of a query, and never both', () => {
  const own = { type: 'choice' as const, options: [{ value: 'a', label: 'A' }] };
  const queried = withQuery(own, { source: 'categories' });
  expect(queried.options).toEqual([]);
  expect(withQuery(queried, null).options).toHaveLength(2);
});

it('reads media types', () => {
  expect(mediaTypes('application/pdf, IMAGE/* application/pdf')).toEqual(['application/pdf', 'image/*']);
  expect(mediaTypes('')).toEqual([]);
  expect(mediaTypes('pdf')).toBeUndefined();
  expect(mediaTypes('*/*')).toBeUndefined();
});
