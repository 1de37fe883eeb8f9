import type { MajorIncidentLead, TimelineEntry } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { audienceTitle, byTime, happened } from './timeline';

const leads: MajorIncidentLead[] = [{ role: 'commander', person: { id: 'n', name: 'Noor Example' }, since: '2026-11-27T10:00:00Z' }];
const entry = (kind: string, detail: unknown = null) => ({ kind, detail, actor_name: 'Ada Example', audience: null });

it('says who leads what, by name where it is known', () => {
  expect(happened(entry('role_assigned', { role: 'commander', before: 'a', after: 'n' }), leads)[0]).toBe('Ada Example handed over: Noor Example is commander');
  expect(happened(entry('role_assigned', { role: 'technical', before: null, after: 'gone' }), leads)[0]).toBe('Ada Example named somebody technical lead');
  expect(happened(entry('role_assigned', { role: 'technical', before: 'a', after: null }), leads)[0]).toBe('Ada Example: nobody is technical lead any more');
});

it('says how a state changed, and shows what it does not know by its name', () => {
  expect(happened(entry('state_changed', { before: 'declared', after: 'investigating' }), leads)).toEqual(['Ada Example: Declared → Investigating', 'error']);
  expect(happened(entry('bridge_opened'), leads)).toEqual(['Ada Example: bridge opened', 'neutral']);
  expect(audienceTitle('press')).toBe('Press');
});

it('says what everybody reads from now on', () => {
  const said = (before: unknown, after: unknown) => happened(entry('published', { before, after }), leads)[0];
  expect(said({ public_title: null }, { public_title: 'Mail' })).toBe('Ada Example called it “Mail” on the status page');
  expect(said({ public_title: 'Mail', components: {} }, { public_title: null, components: {} })).toBe('Ada Example took it off the status page');
  const impact = { public_title: 'Mail', components: { Mail: 'major_outage', Web: 'degraded' } };
  expect(said({ public_title: 'Mail', components: {} }, impact)).toBe('Ada Example said what it affects: Mail: major outage, Web: degraded');
  expect(said(impact, { public_title: 'Mail', components: {} })).toBe('Ada Example said what it affects: nothing');
});

it('is in the order in which things happened, not in which they were written down', () => {
  const at = (number: number, time: string): TimelineEntry => ({ number, kind: 'noted', actor_name: '', at: time, recorded_at: time, detail: null });
  const entries = [at(3, '2026-11-27T09:00:00Z'), at(2, '2026-11-27T11:00:00Z'), at(1, '2026-11-27T10:00:00Z'), at(4, '2026-11-27T10:00:00Z')];
  expect(byTime(entries).map(({ number }) => number)).toEqual([2, 4, 1, 3]);
});
