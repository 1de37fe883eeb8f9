import { expect, it } from 'vitest';
import { ANY_STATE, DONE, fromKept, isNarrowed, isSame, ME, NO_GROUP, NOBODY, noFilter, openedWords, readyViews, tagLink, toKept, toQuery, type QueueFilter } from './filters';

const asked = (parts: Partial<QueueFilter>) => Object.fromEntries(Object.entries(toQuery({ ...noFilter, ...parts })).filter(([, value]) => value !== undefined));

it('asks for what is open, by what is due, unless told otherwise', () => {
  expect(asked({})).toEqual({ is_open: 'true', sort: 'due' });
  expect(asked({ state: ANY_STATE, sort: 'updated' })).toEqual({ sort: 'updated' });
  expect(asked({ state: DONE })).toEqual({ is_open: 'false', sort: 'due' });
  expect(asked({ state: 'pending_vendor' })).toEqual({ state: 'pending_vendor', sort: 'due' });
});

it('sorts what is searched by relevance, and nothing else', () => {
  expect(asked({ text: ' printer ' })).toEqual({ text: 'printer', is_open: 'true', sort: 'relevance' });
  expect(asked({ text: ' ', sort: 'relevance' })).toEqual({ is_open: 'true', sort: 'due' });
  expect(asked({ text: 'printer', sort: 'due' })).toMatchObject({ sort: 'due' });
});

it('tells the caller and nobody from a person', () => {
  expect(asked({ assignee: ME })).toMatchObject({ is_mine: 'true' });
  expect(asked({ assignee: NOBODY })).toMatchObject({ is_unassigned: 'true' });
  expect(asked({ kind: 'question' })).toMatchObject({ kind: 'question' });
  expect(asked({ assignee: 'u1' })).toMatchObject({ assignee_id: 'u1' });
});

it('keeps every filter in a view, and reads it back', () => {
  const full: QueueFilter = { text: 'fire', state: 'open', kind: 'question', priority: 'P1', tier: '2', group: 'g', assignee: 'u', requester: 'r', promise: 'at_risk', measured: 'resolved', from: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z', sort: 'updated' };
  const filters = [noFilter, full, { ...noFilter, state: ANY_STATE }, { ...noFilter, text: 'fire' }, { ...noFilter, sort: 'created' }, { ...noFilter, group: NO_GROUP }, ...readyViews.map(({ filter }) => filter)];
  for (const filter of filters) expect(fromKept(toKept(filter))).toEqual(filter);
  expect(toKept(full)).toMatchObject({ tier: 2, group_id: 'g' });
  expect(toKept(noFilter)).toEqual({ is_open: true, sort: 'due' });
});

it('reads a view that says little as the server does', () => {
  expect(toQuery(fromKept({}))).toMatchObject({ sort: 'created' });
  expect(toQuery(fromKept({ text: 'fire' }))).toMatchObject({ sort: 'relevance' });
});

it('knows the same filter and an empty one', () => {
  expect(isSame({ ...noFilter, sort: 'due' }, noFilter)).toBe(true);
  expect(isSame({ ...noFilter, sort: 'priority' }, noFilter)).toBe(false);
  expect(isNarrowed({ ...noFilter, sort: 'priority' })).toBe(false);
  expect(isNarrowed({ ...noFilter, state: DONE })).toBe(true);
});

it('narrows to what a number measured, and to tickets of no group', () => {
  expect(asked({ state: ANY_STATE, measured: 'response_breached', group: NO_GROUP })).toEqual({ measured: 'response_breached', is_ungrouped: 'true', sort: 'due' });
});

it('leads to all that have a tag', () => {
  expect(tagLink('floor 3 & 4')).toBe('/service-catalog/desk?text=floor+3+%26+4&state=any');
});

it('says when tickets were opened: the end is not in it', () => {
  expect(openedWords({ from: '', until: '' })).toBeUndefined();
  expect(openedWords({ from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z' })).toBe('Opened 1 Nov 2026 – 30 Nov 2026');
  expect(openedWords({ from: '2026-11-03T00:00:00Z', until: '2026-11-04T00:00:00Z' })).toBe('Opened on 3 Nov 2026');
  expect(openedWords({ from: '', until: '2026-03-01T00:00:00Z' })).toBe('Opened until 28 Feb 2026');
});
