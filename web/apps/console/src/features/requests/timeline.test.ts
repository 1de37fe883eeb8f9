import type { CatalogRequest, RequestStage, RequestTask } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { timeline } from './timeline';

const [ada, bob, cyd] = ['Ada', 'Bob', 'Cyd'].map((name) => ({ id: name.toLowerCase(), name })) as [Person, Person, Person];
type Person = { id: string; name: string };

const stage = (parts: Partial<RequestStage>): RequestStage => ({ name: 'Manager', rule: 'any', state: 'open', seats: [], is_overdue: false, ...parts });

function request(parts: Partial<CatalogRequest>): CatalogRequest {
  return {
    id: 'r', number: 7, item_id: 'i', item_name: 'Laptop', item_version: 1, requester: ada, requested_for: ada, state: 'approving',
    price: '0', created_at: '2026-03-01T08:00:00Z', description: '', form: { fields: [] }, answers: {}, labels: {}, people: [], stages: [], may_cancel: false,
    tasks: [], may_rate: false, reads_internal: false, may_restart: false, version: 1,
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

it('tells what was done, by whom, and how content whoever asked is', () => {
  const task = (parts: Partial<RequestTask>): RequestTask => ({ key: 'a', name: 'Prepare', state: 'waiting', calls: 0, may_work: false, ...parts });
  const tasks = [
    task({ state: 'done', ended_at: '2026-03-02T08:00:00Z', ended_by: bob }),
    task({ name: 'Install', state: 'timed_out', ended_at: '2026-03-02T10:00:00Z' }),
    task({ name: 'Label', state: 'skipped', ended_at: '2026-03-02T09:00:00Z', ended_by: cyd, reason: 'No labels' }),
    task({ name: 'Hand over', state: 'cancelled', ended_at: '2026-03-02T11:00:00Z' }),
  ];
  const rating = { score: 4, comment: '', at: '2026-03-04T08:00:00Z' };
  const told = timeline(request({ state: 'fulfilled', ended_at: '2026-03-03T08:00:00Z', tasks, rating }));
  expect(told.map(({ text }) => text)).toEqual([
    'Ada asked for it',
    'Prepare: done, by Bob',
    'Label: passed over, by Cyd',
    'Install: automation did not answer in time',
    'All is done',
    'Rated 4 of 5',
  ]);
  expect(told[2]?.reason).toBe('No labels');
});
