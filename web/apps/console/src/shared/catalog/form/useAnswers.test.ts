import { Problem, type Form } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { fitting, sort } from './useAnswers';

const form: Form = {
  fields: [
    { key: 'name', label: 'Name', kind: { type: 'text', chars_max: 9 } },
    { key: 'hosts', label: 'Hosts', kind: { type: 'table', columns: [], rows_max: 2 } },
  ],
};

function invalid(...fields: string[]): Problem {
  const errors = fields.map((field) => ({ field, detail: 'an answer is required' }));
  return new Problem({ kind: 'invalid', code: 'invalid', status: 400, title: '', detail: 'x', errors });
}

it('puts what the server says at its fields', () => {
  expect(sort(invalid('/answers/name', '/answers/hosts/table/1/size'), form)).toEqual({
    found: { name: 'An answer is required.', 'hosts/1/size': 'An answer is required.' },
    rest: null,
  });
});

it('keeps what belongs to no field', () => {
  const problem = invalid('/answers/name', '/answers/gone', '/item_id');
  expect(sort(problem, form)).toEqual({ found: { name: 'An answer is required.' }, rest: problem });
  const none = invalid();
  expect(sort(none, form)).toEqual({ found: {}, rest: none });
});

it('keeps what was answered where the next version still asks for it', () => {
  const given = { name: { text: 'a' }, hosts: { text: 'b' }, gone: { number: '1' } };
  expect(fitting(form, given)).toEqual({ name: { text: 'a' } });
});
