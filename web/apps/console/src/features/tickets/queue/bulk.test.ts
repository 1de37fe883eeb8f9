import { expect, it } from 'vitest';
import { outcome, parts } from './bulk';

const tickets = [
  { id: 'a', number: 1 },
  { id: 'b', number: 2 },
];
const refusal = { code: 'ticket_closed', detail: 'the ticket is closed' };

it('says how many were changed, and of the others why not', () => {
  expect(outcome({ items: [{ id: 'a', version: 2 }, { id: 'b', version: 4 }] }, tickets)).toEqual({ text: '2 tickets changed.', refused: [] });
  expect(outcome({ items: [{ id: 'a', version: 2 }, { id: 'b', refusal }] }, tickets)).toEqual({
    text: '1 ticket changed, 1 not.',
    refused: [{ id: 'b', text: '#2: The ticket is closed.' }],
  });
});

it('says of a single one only why not', () => {
  expect(outcome({ items: [{ id: 'b', refusal }] }, tickets).text).toBe('#2: The ticket is closed.');
});

it('tells what was done by half', () => {
  expect(outcome({ items: [{ id: 'a', version: 3, refusal }] }, tickets).text).toBe('#1: It was changed, but not moved. The ticket is closed.');
});

it('asks in parts that one request may have, and leaves out nothing', () => {
  const many = Array.from({ length: 250 }, (_, at) => at);
  expect(parts(many).map((part) => part.length)).toEqual([100, 100, 50]);
  expect(parts(many).flat()).toEqual(many);
  expect(parts([])).toEqual([]);
});
