import type { Answers, Field, Form } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { asked, beginnings, boundOf, daysAfter, faults, optionsOf, placeOf, toSend, withoutFollowers, type Context } from './answers';

const context: Context = { requester: 'ada', today: '2026-02-27' };

const field = (key: string, parts: Partial<Field> = {}): Field => ({ key, label: key, help: '', required: false, kind: { type: 'text', chars_max: 20 }, ...parts });
const form = (...fields: Field[]): Form => ({ fields });
const shown = (of: Form, answers: Answers) => asked(of, answers).filter((one) => one.shown).map((one) => one.field.key);

const machine = form(
  field('place', { kind: { type: 'choice', options: [{ value: 'test', label: 'Test' }, { value: 'prod', label: 'Production' }] } }),
  field('cores', { kind: { type: 'number', min: '1', max: '64', step: '1' }, show: { answer: { field: 'place', is: { equals: { choice: 'prod' } } } } }),
  field('why', { required: true, show: { answer: { field: 'cores', is: { above: '8' } } } }),
);

it('asks a field only where its condition holds, and nothing that hangs on what is not asked', () => {
  expect(shown(machine, {})).toEqual(['place']);
  expect(shown(machine, { place: { choice: 'prod' }, cores: { number: '16' } })).toEqual(['place', 'cores', 'why']);
  expect(shown(machine, { place: { choice: 'test' }, cores: { number: '16' } })).toEqual(['place']);
  expect(shown(machine, { place: { choice: 'prod' }, cores: { number: '8.0' } })).toEqual(['place', 'cores']);
});

it('does not hang on a form that goes round in circles', () => {
  const round = form(
    field('a', { show: { answer: { field: 'b', is: 'answered' } } }),
    field('b', { show: { not: { answer: { field: 'a', is: 'answered' } } } }),
  );
  expect(() => asked(round, { a: { text: 'x' }, b: { text: 'y' } })).not.toThrow();
});

it('requires what is required on a condition', () => {
  const of = form(field('urgent'), field('reason', { require: { answer: { field: 'urgent', is: { equals: { text: 'yes' } } } } }));
  expect(faults(of, { urgent: { text: 'no' } }, context)).toEqual({});
  expect(Object.keys(faults(of, { urgent: { text: 'yes' } }, context))).toEqual(['reason']);
});

it('says what is wrong with each kind of answer', () => {
  const of = form(
    field('name', { kind: { type: 'text', chars_min: 3, chars_max: 5 } }),
    field('cores', { kind: { type: 'number', min: '1', max: '64', step: '0.5' } }),
    field('day', { kind: { type: 'date', earliest: { days_from_today: 2 }, latest: { on: '2026-03-10' } } }),
    field('tools', { kind: { type: 'choices', min: 1, max: 2, options: [] } }),
    field('mail', { kind: { type: 'text', chars_max: 99, pattern: { source: '[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)+', hint: 'Write an address.' } } }),
  );
  const one = (answers: Answers) => Object.values(faults(of, answers, context));
  expect(one({ name: { text: ' ab ' } })).toEqual(['Write at least 3 characters: there are 2.']);
  expect(one({ name: { text: 'abcdef' } })).toEqual(['Write at most 5 characters: there are 6.']);
  expect(one({ name: { text: '😀😀😀' } })).toEqual([]);
  expect(one({ cores: { number: '1,5' } })).toEqual(['Write a number such as 12 or 0.5.']);
  expect(one({ cores: { number: '0' } })).toEqual(['The least is 1.']);
  expect(one({ cores: { number: '65' } })).toEqual(['The most is 64.']);
  expect(one({ cores: { number: '1.25' } })).toEqual(['Go in steps of 0.5.']);
  expect(one({ cores: { number: '1.5' } })).toEqual([]);
  expect(one({ day: { date: '2026-02-28' } })).toEqual(['The earliest is 1 Mar 2026.']);
  expect(one({ day: { date: '2026-03-11' } })).toEqual(['The latest is 10 Mar 2026.']);
  expect(one({ tools: { choices: ['a', 'b', 'c'] } })).toEqual(['Choose at most 2 options.']);
  expect(one({ mail: { text: 'nobody' } })).toEqual(['Write an address.']);
  expect(one({ mail: { text: 'ada@example.com' } })).toEqual([]);
});

const hosts = field('hosts', {
  required: true,
  kind: {
    type: 'table',
    rows_min: 2,
    rows_max: 3,
    columns: [
      { key: 'name', label: 'Name', required: true, kind: { type: 'text', chars_max: 4 } },
      { key: 'cores', label: 'Cores', kind: { type: 'number' } },
    ],
  },
});

it('names the row and the column, as they are shown', () => {
  const of = form(hosts);
  expect(faults(of, {}, context)).toEqual({ hosts: 'At least one row is needed.' });
  const rows = [{}, { name: { text: 'web-1' } }, { cores: { number: 'x' } }];
  expect(faults(of, { hosts: { table: rows } }, context)).toEqual({
    'hosts/1/name': 'Write at most 4 characters: there are 5.',
    'hosts/2/name': 'This has to be answered.',
    'hosts/2/cores': 'Write a number such as 12 or 0.5.',
  });
  expect(faults(of, { hosts: { table: [{ name: { text: 'a' } }] } }, context)).toEqual({ hosts: 'At least 2 rows are needed.' });
});

it('begins with what the form says', () => {
  const of = form(
    field('by', { kind: { type: 'user' }, prefill: 'requester' }),
    field('on', { kind: { type: 'date' }, prefill: { days_from_today: 2 } }),
    field('text', { prefill: { value: { text: 'x' } } }),
    field('none'),
  );
  expect(beginnings(of, context)).toEqual({ by: { user: 'ada' }, on: { date: '2026-03-01' }, text: { text: 'x' } });
  expect(daysAfter('2028-02-28', 1)).toBe('2028-02-29');
  expect(boundOf(null, '2026-01-01')).toBeUndefined();
});

it('sends what is asked, and says where a beginning is not wanted', () => {
  const of = form(field('text', { prefill: { value: { text: 'x' } } }), field('cores', { kind: { type: 'number' } }), field('hidden', { show: { answer: { field: 'cores', is: 'answered' } } }), hosts);
  expect(toSend(of, { text: { text: ' ' }, cores: { number: '' }, hidden: { text: 'y' }, hosts: { table: [{ name: { text: '' } }, { cores: { number: ' 2 ' } }] } })).toEqual({
    text: { text: ' ' },
    hosts: { table: [{}, { cores: { number: '2' } }] },
  });
});

it('finds the place of what the server says', () => {
  expect(placeOf('/answers/name')).toBe('name');
  expect(placeOf('/answers/hosts/table/0/name')).toBe('hosts/0/name');
  expect(placeOf('/answers/hosts/1/name')).toBe('hosts/1/name');
  expect(placeOf('/answers/hosts/table/1')).toBe('hosts');
  expect(placeOf('/requested_for_id')).toBeUndefined();
});

const rooms = form(
  field('site', { kind: { type: 'choice', options: [] } }),
  field('room', { kind: { type: 'choice', options: [], query: { source: 'list', list_id: 'rooms', of: 'site' } } }),
  field('floor', { kind: { type: 'choice', options: [], query: { source: 'categories' } } }),
);

it('offers options by the answer that they follow, and waits for it', () => {
  const kind = rooms.fields[1]?.kind;
  if (kind === undefined) throw new Error('no kind');
  expect(optionsOf(kind, { site: { choice: 'bern' } })).toBe('bern');
  expect(optionsOf(kind, {})).toBe('');
  expect(optionsOf(rooms.fields[2]?.kind ?? kind, {})).toBeUndefined();
});

it('drops what followed an answer that is another one now', () => {
  const answers: Answers = { site: { choice: 'bern' }, room: { choice: 'b1' }, floor: { choice: '2' } };
  expect(withoutFollowers(rooms, answers, 'site')).toEqual({ site: { choice: 'bern' }, floor: { choice: '2' } });
  expect(withoutFollowers(rooms, answers, 'floor')).toEqual(answers);
});
