import { expect, it } from 'vitest';
import { APPROVED, NO_CENTRE, noFilter, toQuery, type Filter } from './useRequests';

const asked = (parts: Partial<Filter>) => Object.fromEntries(Object.entries(toQuery({ ...noFilter, ...parts })).filter(([, value]) => value !== undefined));

it('asks for all unless told otherwise', () => {
  expect(asked({})).toEqual({});
  expect(asked({ text: ' ' })).toEqual({});
});

it('narrows to words or a number, and to a person', () => {
  expect(asked({ text: ' #12 ', person: 'u1' })).toEqual({ text: '#12', person_id: 'u1' });
  expect(asked({ state: APPROVED, centre: NO_CENTRE })).toEqual({ is_approved: 'true', is_uncharged: 'true' });
  expect(asked({ state: 'failed', centre: 'c', item: 'i' })).toEqual({ state: 'failed', cost_centre_id: 'c', item_id: 'i' });
});
