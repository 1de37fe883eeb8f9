import type { TicketEvent } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { conversation, earlier, history } from './events';

const people = [
  { id: 'eve', name: 'Eve' },
  { id: 'dan', name: 'Dan' },
];
const groups = [{ id: 'net', name: 'Network' }];
let number = 0;
const event = (kind: string, detail: unknown, parts: Partial<TicketEvent> = {}): TicketEvent => ({
  number: (number += 1), at: '2026-03-01T08:00:00Z', kind, is_public: true, actor_id: 'eve', actor_name: 'Eve', detail, people, groups, ...parts,
});
const told = (kind: string, detail: unknown, parts?: Partial<TicketEvent>) => history([event(kind, detail, parts)])[0]?.text;

it('tells whose it became', () => {
  const none = { group_id: null, assignee_id: null };
  expect(told('assigned', { before: none, after: { group_id: null, assignee_id: 'eve' } })).toBe('Eve took it');
  expect(told('assigned', { before: none, after: { group_id: 'net', assignee_id: 'dan' } })).toBe('Eve gave it to the group Network and gave it to Dan');
  expect(told('assigned', { before: { group_id: 'net', assignee_id: 'dan' }, after: { group_id: 'net', assignee_id: null } })).toBe('Eve gave it back: nobody has it');
  expect(told('assigned', { before: none, after: { group_id: null, assignee_id: 'gone' } })).toBe('Eve gave it to somebody who has left');
});

it('tells states, priorities and hand-overs', () => {
  expect(told('state_changed', { before: 'new', after: 'pending_vendor' })).toBe('Eve: New → Waits for a vendor');
  expect(told('prioritised', { before: { priority: 'P3' }, after: { priority: 'P1', impact: 'high', urgency: 'high' } })).toBe('Eve made it P1 instead of P3: impact high, urgency high');
  expect(told('handed_over', { before: { tier: 1 }, after: { tier: 2, group_id: 'net' } })).toBe('Eve handed it over from tier 1 to tier 2, Network');
  expect(told('changed', { before: { title: 'Old', tags: [] }, after: { title: 'New', tags: ['a'] } })).toBe('Eve changed the title from “Old” and changed the tags: none → a');
});

it('tells what clocks and ladders do by themselves', () => {
  const itself = { actor_id: null, actor_name: 'clocks' };
  expect(told('clock_breached', { clock: 'tier:2' }, itself)).toBe('Reply of tier 2: breached');
  expect(told('clock_warned', { clock: 'group:net' }, itself)).toBe('Time with Network: at risk');
  expect(told('state_changed', { before: 'resolved', after: 'closed' }, itself)).toBe('The service: Resolved → Closed');
  expect(told('escalated', { track: 'technical', step: 'called', level: 1, user_ids: ['dan'] }, itself)).toBe('Technical escalation: level 2 is called, Dan');
  expect(told('escalated', { track: 'security', step: { answered: 'eve' } })).toBe('Security escalation: Eve takes care of it');
});

it('stands what a newer server tells', () => {
  expect(told('praised', { by: 7 })).toBe('Eve: praised');
  expect(told('state_changed', null)).toContain('Eve');
  expect(told('escalated', 'odd')).toBe(' escalation');
});

it('puts what was said in order, and marks what is internal', () => {
  const events = [
    event('replied', null, { text: 'Thanks', actor_id: 'bob', actor_name: 'Bob', number: 12 }),
    event('state_changed', { before: 'open', after: 'resolved' }, { text: 'New cable', number: 11 }),
    event('noted', null, { text: 'Cheap cable', is_public: false, number: 10 }),
    event('changed', { before: {}, after: {} }, { text: 'the old description', number: 9 }),
    event('state_changed', { before: 'new', after: 'open' }, { number: 8 }),
  ];
  const said = conversation(events, 'bob');
  expect(said.map(({ text, is_internal, is_requester, about }) => [text, is_internal, is_requester, about])).toEqual([
    ['Cheap cable', true, false, undefined],
    ['New cable', false, false, 'Solution'],
    ['Thanks', false, true, undefined],
  ]);
});

it('tells what became of other tickets, and keeps what a merged one said to the desk', () => {
  expect(told('merged', { ticket_id: 'a', number: 7 })).toBe('Eve merged it into #7');
  expect(told('split_off', { ticket_id: 'a', number: 8, event: 3 })).toBe('Eve split #8 off');
  expect(told('created', { split_from: { ticket_id: 'a', number: 2 } })).toBe('Eve split it off #2');
  expect(told('unlinked', { link: 'related', ticket_id: 'a', number: 9 })).toBe('Eve removed a link: related to #9');
  const said = conversation([event('took_in', { ticket_id: 'a', number: 7 }, { text: 'Down, too' }), event('replied', null, { text: 'Which?' })], 'dan');
  expect(said.map(({ is_internal, is_message, about }) => [is_internal, is_message, about])).toEqual([
    [true, false, 'Merged into this one: #7'],
    [false, true, undefined],
  ]);
});

it('shows files with what they came with', () => {
  const files = [{ file_id: 'f', name: 'log.txt', media_type: 'text/plain', bytes: 5 }];
  const said = conversation([event('created', {}, { text: 'Since monday' }), event('replied', { files }, { text: 'Look' }), event('attached', { files }, { is_public: false })], 'eve');
  expect(said.map(({ text, files: brought, is_internal }) => [text, brought.length, is_internal])).toEqual([['Look', 1, false], ['', 1, true]]);
  expect(said[0]?.files[0]).toEqual({ id: 'f', name: 'log.txt', media_type: 'text/plain', bytes: 5 });
  expect(told('attached', { files })).toBe('Eve attached “log.txt”');
});

it('keeps what the description was before each change of it', () => {
  const described = { before: { description: 'as it was' }, after: { description: 'as it is here' } };
  const events = [
    event('changed', described, { text: 'second', number: 5, actor_name: 'Dan', actor_id: 'dan' }),
    event('changed', { before: { title: 'Old' }, after: { title: 'New' } }, { number: 4 }),
    event('replied', null, { text: 'Thanks', number: 3 }),
    event('changed', described, { number: 2 }),
  ];
  expect(earlier(events).map(({ number, who, text }) => [number, who, text])).toEqual([
    [5, 'Dan', 'second'],
    [2, 'Eve', ''],
  ]);
  expect(earlier([event('changed', null)])).toEqual([]);
});
