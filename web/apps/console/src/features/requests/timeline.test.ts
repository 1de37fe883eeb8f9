import type { CatalogRequest, RequestStage } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { timeline } from './timeline';

const [ada, bob, cyd] = ['Ada', 'Bob', 'Cyd'].map((name) => ({ id: name.toLowerCase(), name })) as [Person, Person, Person];
type Person = { id: string; name: string };

const stage = (parts: Partial<RequestStage>): RequestStage => ({ name: 'Manager', rule: 'any', state: 'open', seats: [], is_overdue: false, ...parts });

function request(parts: Partial<CatalogRequest>): CatalogRequest {
  return {
    id: 'r', number: 7, item_id: 'i', item_name: 'Laptop', item_version: 1, requester: ada, requested_for: ada, state: 'approving',
    price: '0', created_at: '2026-03-01T08:00:00Z', description: '', form: { fields: [] }, answers: {}, people: [], stages: [], may_cancel: false, version: 1,
    ...parts,
  };
}

it('tells who decided for whom, and why', () => {
  const seats: RequestStage['seats'] = [
    { person: bob, state: 'decided', is_escalation: false, decision: { by: cyd, verdict: 'reject', reason: 'Too dear', at: '2026-03-01T10:00:00Z' } },
  ];
  const told = timeline(request({ state: 'rejected', ended_at: '2026-03-01T10:00:00Z', stages: [stage({ state: 'rejected', asked_at: '2026-03-01T08:00:00Z', seats })] }));
  expect(told.map(({ text }) => text)).toEqual([
    'Ada asked for it',
    'Manager: Bob was asked',
    'Manager: Cyd, for Bob, rejected',
    'The request was rejected',
  ]);
  expect(told[2]?.reason).toBe('Too dear');
});

it('puts an escalation where it happened, and not who it passed to among those asked first', () => {
  const seats: RequestStage['seats'] = [
    { person: bob, state: 'lapsed', is_escalation: false },
    { person: cyd, state: 'decided', is_escalation: true, decision: { by: cyd, verdict: 'approve', reason: '', at: '2026-03-05T09:00:00Z' } },
  ];
  const told = timeline(request({ requested_for: bob, stages: [stage({ asked_at: '2026-03-01T07:59:59.999Z', escalated_at: '2026-03-04T08:00:01Z', seats }), stage({ name: 'Owner', state: 'waiting' })] }));
  expect(told.map(({ text }) => text)).toEqual([
    'Ada asked for it for Bob',
    'Manager: Bob was asked',
    'Manager: it passed to Cyd',
    'Manager: Cyd approved',
  ]);
  expect(told[3]?.reason).toBeUndefined();
});
