import { expect, it } from 'vitest';
import { asItIs, KEPT, NOBODY, reassigned, SOMEBODY } from './reassigning';

const eve = { id: 'eve', name: 'Eve' };

it('changes nothing that is left as it is', () => {
  expect(reassigned(asItIs)).toBeUndefined();
  expect(reassigned({ ...asItIs, group_id: 'net' })).toEqual({ group_id: 'net' });
  expect(reassigned({ ...asItIs, person: SOMEBODY, assignee_id: eve })).toEqual({ assignee_id: 'eve' });
});

it('takes tickets away only where that is said', () => {
  expect(reassigned({ ...asItIs, person: NOBODY })).toEqual({ assignee_id: null });
  expect(reassigned({ ...asItIs, group_id: '' })).toEqual({ group_id: null });
  expect(reassigned({ group_id: 'net', person: NOBODY, assignee_id: eve })).toEqual({ group_id: 'net', assignee_id: null });
});

it('waits until it is said who gets them, and forgets who was chosen before', () => {
  expect(reassigned({ group_id: 'net', person: SOMEBODY, assignee_id: null })).toBeUndefined();
  expect(reassigned({ group_id: KEPT, person: KEPT, assignee_id: eve })).toBeUndefined();
});
