import type { Field } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { approver, conditionWords, listed, type Names } from './words';

const names: Names = { people: new Map([['a', 'Ada']]), groups: new Map([['g', 'Buyers']]) };
const fields: Field[] = [
  { key: 'system', label: 'System', kind: { type: 'choice', options: [{ value: 'l', label: 'Linux' }] } },
  { key: 'on', label: 'Needed on', kind: { type: 'date' } },
];

it('says who is asked', () => {
  expect(approver({ user: 'a' }, names)).toBe('Ada');
  expect(approver({ user: 'x' }, names)).toBe('somebody who has left');
  expect(approver({ group: 'g' }, names)).toBe('the group Buyers');
  expect(listed(['A', 'B', 'C'], 'or')).toBe('A, B or C');
});

it('says a condition in words', () => {
  const linux = { answer: { field: 'system', is: { equals: { choice: 'l' } } } };
  expect(conditionWords({ all: [linux, { price_above: '1000' }] }, fields, names)).toBe('“System” is Linux and the price is above 1,000');
  const priced = { ...names, currency: 'EUR' };
  expect(conditionWords({ price_above: '1000' }, fields, priced)).toBe('the price is above €1,000');
  expect(conditionWords({ not: { price_above: '5.5' } }, fields, priced)).toBe('the price is at most €5.50');
  expect(conditionWords({ not: linux }, fields, names)).toBe('“System” is not Linux');
  expect(conditionWords({ any: [{ requester_in: 'g' }, { all: [linux, { not: { price_above: '5' } }] }] }, fields, names)).toBe(
    'the requester is in Buyers or (“System” is Linux and the price is at most 5)',
  );
  expect(conditionWords({ answer: { field: 'on', is: { after: '2026-03-01' } } }, fields, names)).toBe('“Needed on” is after 1 Mar 2026');
});
