import type { Review } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { lacking, toDraft, toInput, unwritten } from './draft';

const review: Review = {
  incident_id: 'i',
  is_published: false,
  sections: [
    { key: 'summary', title: 'Summary', help: '', is_required: true, text: ' ' },
    { key: 'well', title: 'What went well', help: '', is_required: false, text: '' },
  ],
  actions: [{ number: 1, text: 'Watch it', owner: { id: 'n', name: null }, due_on: '2026-12-24', state: 'open' }],
  updated_at: '2026-11-27T10:00:00Z',
  version: 1,
};

it('sends back what it read', () => {
  expect(toInput(toDraft(review))).toEqual({
    sections: [
      { key: 'summary', text: ' ' },
      { key: 'well', text: '' },
    ],
    actions: [{ text: 'Watch it', owner_id: 'n', due_on: '2026-12-24', state: 'open' }],
  });
});

it('names what is missing before it is published', () => {
  expect(unwritten(review, toDraft(review))).toEqual(['Summary']);
  expect(unwritten(review, { texts: { summary: 'It was down.' }, actions: [] })).toEqual([]);
  const whole = { text: 'Do it', owner: { id: 'a', name: 'Ada' }, due_on: '2026-12-24', state: 'open' as const };
  expect(lacking(whole)).toBeUndefined();
  expect(lacking({ ...whole, text: ' ' })).toBe('Say what is to be done.');
  expect(lacking({ ...whole, owner: null })).toBe('Say who does it.');
  expect(lacking({ ...whole, due_on: '' })).toBe('Say by when.');
});
