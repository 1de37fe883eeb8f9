import type { PublicComponent, PublicIncident, PublicMaintenance } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { dayAfter, dayTitle, daysTold, grouped, headline, pastDays } from './days';

const component = (name: string, group?: string): PublicComponent => ({ id: name, name, description: '', state: 'operational', days: [], ...(group !== undefined && { group }) });
const incident = (id: string, began_at: string) => ({ id, began_at }) as PublicIncident;
const maintenance = (id: string, begins_at: string) => ({ id, begins_at }) as PublicMaintenance;

it('counts days by the calendar of UTC', () => {
  expect(dayAfter('2026-02-27', 2)).toBe('2026-03-01');
  expect(dayTitle('2026-11-27', 0, 'partial_outage')).toBe('27 Nov 2026: partial outage');
  expect(dayTitle('2026-11-27', 1, null)).toBe('28 Nov 2026: no data');
});

it('tells in words what the bars show, and calls nothing fine that it does not know', () => {
  expect(daysTold([null, null])).toBe('No data yet');
  expect(daysTold([null, 'operational', 'maintenance'])).toBe('No disruption in 2 days');
  expect(daysTold(['operational', 'degraded', 'major_outage'])).toBe('Disrupted on 2 of 3 days');
});

it('keeps the order of components, and what belongs together together', () => {
  const groups = grouped([component('a'), component('b', 'Office'), component('c'), component('d', 'Office')]);
  expect(groups.map(({ name, components }) => [name, ...components.map((one) => one.name)])).toEqual([[undefined, 'a', 'c'], ['Office', 'b', 'd']]);
});

it('has what is over by the day on which it began', () => {
  const past = pastDays({
    past_incidents: [incident('a', '2026-11-27T10:00:00Z'), incident('b', '2026-11-25T10:00:00Z')],
    past_maintenance: [maintenance('c', '2026-11-26T10:00:00Z'), maintenance('d', '2026-11-27T01:00:00Z')],
  });
  expect(past.map(({ date, incidents, maintenance: all }) => [date, incidents.length, all.length])).toEqual([
    ['2026-11-27', 1, 1],
    ['2026-11-26', 0, 1],
    ['2026-11-25', 1, 0],
  ]);
});

it('does not say that everything works while something is looked into', () => {
  expect(headline({ state: 'operational', incidents: [], components: [component('a')] })).toBe('Everything works');
  expect(headline({ state: 'operational', incidents: [incident('a', '')], components: [component('a')] })).toBe('We are looking into something');
  expect(headline({ state: 'major_outage', incidents: [], components: [] })).toBe('There is a major outage');
});
