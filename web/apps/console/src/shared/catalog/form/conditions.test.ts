import type { Condition } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { fieldsOf, holds, passes } from './conditions';

it('joins as it says', () => {
  const is = (answer: boolean): Condition => ({ price_above: answer ? '1' : '0' });
  const test = (condition: Condition) => holds(condition, (one) => 'price_above' in one && one.price_above === '1');
  expect(test({ all: [is(true), is(false)] })).toBe(false);
  expect(test({ any: [is(true), is(false)] })).toBe(true);
  expect(test({ not: is(false) })).toBe(true);
  expect(test({ all: [] })).toBe(true);
  expect(test({ any: [] })).toBe(false);
});

it('passes nothing without an answer', () => {
  expect(passes('answered', undefined)).toBe(false);
  expect(passes('answered', { text: '  ' })).toBe(false);
  expect(passes('answered', { table: [{}] })).toBe(true);
});

it('compares exactly, and only what can be compared', () => {
  expect(passes({ equals: { number: '1.50' } }, { number: '1.5' })).toBe(true);
  expect(passes({ above: '0.1' }, { number: '0.100001' })).toBe(true);
  expect(passes({ below: '2' }, { number: '10' })).toBe(false);
  expect(passes({ above: '1' }, { text: '2' })).toBe(false);
  expect(passes({ after: '2026-09-30' }, { date: '2026-10-01' })).toBe(true);
  expect(passes({ before: '2026-10-01' }, { date: '2026-10-01' })).toBe(false);
  expect(passes({ includes: 'a' }, { choices: ['b', 'a'] })).toBe(true);
  expect(passes({ equals: { choices: ['a', 'b'] } }, { choices: ['b', 'a'] })).toBe(false);
  expect(passes({ equals: { choice: 'a' } }, { text: 'a' })).toBe(false);
});

it('knows what it asks for', () => {
  const answer = (field: string): Condition => ({ answer: { field, is: 'answered' } });
  expect(fieldsOf({ all: [answer('a'), { not: { any: [answer('b'), { price_above: '1' }] } }] })).toEqual(['a', 'b']);
});
