import type { Condition, Field } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { compose, operators, operatorsOf, parse, reading, subjectOf } from './draft';

const field = (kind: Field['kind']): Field => ({ key: 'f', label: 'F', kind });
const fields = [field({ type: 'choice', options: [{ value: 'a', label: 'A' }] })];

it('reads what it writes, for every way of every kind', () => {
  const kinds: Field['kind'][] = [
    { type: 'text', chars_max: 9 },
    { type: 'number' },
    { type: 'choice', options: [] },
    { type: 'choices', options: [], max: 2 },
    { type: 'date' },
    { type: 'user' },
    { type: 'table', columns: [], rows_max: 2 },
  ];
  for (const of of ['field', 'stage'] as const) {
    for (const kind of kinds) {
      const ways = operatorsOf(field(kind), of);
      for (const way of ways) {
        const value = way.input === 'none' ? '' : '2026-01-01';
        expect(reading(way.make(value), ways), `${kind.type} ${way.id}`).toEqual({ operator: way, value });
      }
    }
  }
});

it('lets a stage compare by what answers are, and no more', () => {
  expect(operatorsOf(field({ type: 'number' }), 'stage').map(({ id }) => id)).toEqual(['equals', 'not-equals']);
  expect(operatorsOf(field({ type: 'user' }), 'stage')).toEqual([]);
  expect(operators('price', fields, 'stage').map(({ words }) => words)).toEqual(['is above', 'is at most']);
});

it('shows tests in a row, and leaves alone what is nested deeper', () => {
  const [one, two]: Condition[] = [{ price_above: '1' }, { not: { requester_in: 'g' } }];
  if (one === undefined || two === undefined) throw new Error('two conditions');
  expect(parse(one)).toEqual({ join: 'all', tests: [one] });
  expect(parse({ any: [one, two] })).toEqual({ join: 'any', tests: [one, two] });
  expect(parse({ all: [one, { any: [two] }] })).toBeUndefined();
  expect(parse({ not: { all: [one] } })).toBeUndefined();
  expect(compose({ join: 'any', tests: [one, two] })).toEqual({ any: [one, two] });
  expect(compose({ join: 'any', tests: [one] })).toEqual(one);
  expect(compose({ join: 'all', tests: [] })).toBeUndefined();
});

it('knows what a test is about', () => {
  expect(subjectOf({ not: { price_above: '1' } })).toBe('price');
  expect(subjectOf({ answer: { field: 'f', is: 'answered' } })).toEqual({ field: 'f' });
});
