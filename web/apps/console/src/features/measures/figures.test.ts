import type { MeasureTargets, RequestMeasures, TicketMeasures } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { ageWords, daysWords } from './ages';
import { behindCompliance, behindResolution, behindResponse, behindSatisfaction } from './behind';
import { named, ticketChart, ticketCharts } from './charts';
import { above, below, meanTime, percent, requestFigures, resolutionMax, ticketFigures, type Lead } from './figures';
import { partTitle, partWords } from './parts';
import { ageLink, openLink, queueLink } from './queueLink';
import { APPROVED, requestsLink } from './requestsLink';

const HOUR = 3_600_000;
const targets: MeasureTargets = { first_response_ms_max: HOUR, resolution_ms_max: 24 * HOUR, resolution_ms_max_tier_2: 48 * HOUR, satisfaction_min: 0.9, escalation_rate_max: 0.2, resolution_rate_min: 0.95 };
const measures: TicketMeasures = { created: 10, replied: 8, first_response_ms: HOUR, response_kept: 7, response_breached: 1, resolved: 9, resolution_ms: 30 * HOUR, resolution_kept: 8, resolution_breached: 1, sla_compliance: 0.8824, escalated: 3, escalation_rate: 0.3, resolution_rate: 0.9, rated: 0, mean_score: null, satisfaction: null };

const nowhere: Lead = () => undefined;
const verdicts = (tier: number | undefined) => Object.fromEntries(ticketFigures(measures, { targets, tier, lead: nowhere }).map(({ name, verdict }) => [name, verdict]));

it('holds figures against their targets; exactly at one is missed, and nothing measured is neither', () => {
  expect(verdicts(undefined)).toEqual({ 'First response': 'missed', 'Time to resolve': 'missed', Satisfaction: undefined, Escalation: 'missed', 'Resolution rate': 'missed', 'SLA compliance': undefined });
  expect([below(0.1999, 0.2), below(0.2, 0.2), below(0.2001, 0.2)]).toEqual(['met', 'missed', 'missed']);
  expect([above(0.9001, 0.9), above(0.9, 0.9), above(0.8999, 0.9)]).toEqual(['met', 'missed', 'missed']);
  expect([below(null, 0.2), above(undefined, 0.9)]).toEqual([undefined, undefined]);
});

it('says targets as they are judged', () => {
  const words = ticketFigures(measures, { targets, tier: undefined, lead: nowhere }).map(({ target }) => target);
  expect(words).toEqual(['below 1 h', 'below 24 h', 'above 90%', 'below 20%', 'above 95%', undefined]);
});

it('has a target of time to resolve for each tier but the third', () => {
  expect(verdicts(2)['Time to resolve']).toBe('met');
  expect(verdicts(3)['Time to resolve']).toBeUndefined();
  expect(resolutionMax(targets, 3)).toBeUndefined();
});

it('writes shares and means as people read them', () => {
  expect([0, 0.9, 0.8824, 1].map(percent)).toEqual(['0%', '90%', '88.2%', '100%']);
  expect([1_400, 90_500, 5_401_000, 400 * HOUR + 59_000].map(meanTime)).toEqual(['1 s', '2 min', '1 h 30 min', '400 h']);
  expect([ageWords(0, 0), ageWords(1, 2), ageWords(90, null)]).toEqual(['Today', '1 to 2 days', '90 days and more']);
  expect([daysWords(1), daysWords(3.4167)]).toEqual(['1 day', '3.4 days']);
});

const narrowed = { group: '', tier: '2', priority: '', kind: '' };
const november = { from: '2026-11-01', until: '2026-11-30' };
const query = (link: string | undefined) => Object.fromEntries(new URLSearchParams(link?.split('?')[1]));

it('leads to the tickets behind a number', () => {
  expect(query(queueLink(november, narrowed, { by: 'week', key: '2026-11-30' }, 'escalated'))).toEqual({ state: 'any', from: '2026-11-30T00:00:00Z', until: '2026-12-01T00:00:00Z', tier: '2', measured: 'escalated', sort: 'created' });
  expect(query(queueLink(november, narrowed, { by: 'group', key: '' }))).toMatchObject({ group: 'none', from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z' });
  expect(query(queueLink(november, narrowed, { by: 'priority', key: 'P1' }))).toMatchObject({ priority: 'P1', tier: '2', measured: 'created' });
});

it('leads from a figure to its tickets, and to those that went wrong', () => {
  const against = { targets, tier: undefined, lead: (behind: string | undefined) => behind };
  const leads = (of: TicketMeasures) => Object.fromEntries(ticketFigures(of, against).map(({ name, to, also }) => [name, [to, also?.text, also?.to]]));
  expect(leads({ ...measures, rated: 4, satisfaction: 0.75 })).toEqual({
    'First response': ['replied', '1 late', 'response_breached'],
    'Time to resolve': ['resolved', '1 late', 'resolution_breached'],
    Satisfaction: ['rated', 'Rated 1 to 3', 'dissatisfied'],
    Escalation: ['escalated', undefined, undefined],
    'Resolution rate': ['resolved', undefined, undefined],
    'SLA compliance': ['breached', undefined, undefined],
  });
  expect(leads(measures).Satisfaction).toEqual([undefined, undefined, undefined]);
  expect(ticketFigures(measures, { targets, tier: undefined, lead: nowhere }).some(({ to, also }) => to ?? also)).toBe(false);
});

it('finds the tickets behind shares and means', () => {
  const kept = { ...measures, response_breached: 0, resolution_breached: 0 };
  expect([behindCompliance(measures), behindCompliance(kept), behindCompliance({ ...kept, response_kept: 0 })]).toEqual(['breached', 'response_kept', undefined]);
  expect([0.5, 1, null].map((satisfaction) => behindSatisfaction({ ...measures, satisfaction }))).toEqual(['dissatisfied', 'satisfied', undefined]);
  expect([behindResponse(measures), behindResolution({ ...measures, resolved: 0 })]).toEqual(['replied', undefined]);
});

it('leads to the tickets with a broken promise', () => {
  const days = { from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z' };
  expect(query(queueLink(november, narrowed, undefined, 'breached'))).toEqual({ state: 'any', ...days, tier: '2', promise: 'breached', measured: 'created', sort: 'created' });
});

it('leads from figures of requests to those in that state', () => {
  const of: RequestMeasures = { created: 4, fulfilled: 2, rejected: 1, failed: 0, cancelled: 0, fulfilment_ms: HOUR, spend: '10.00', rated: 0 };
  const leads = (measured: RequestMeasures) => requestFigures(measured, 'EUR', (state = 'all') => state).map(({ to }) => to);
  expect(leads(of)).toEqual(['all', 'fulfilled', 'fulfilled', APPROVED, undefined]);
  expect(leads({ ...of, fulfilled: 0, spend: '0.00' })).toEqual(['all', undefined, undefined, undefined, undefined]);
});

it('leads to the tickets of a kind', () => {
  expect(query(queueLink(november, { ...narrowed, kind: 'incident' }, undefined))).toMatchObject({ kind: 'incident', tier: '2' });
  expect(query(queueLink(november, narrowed, { by: 'kind', key: 'incident' }))).toMatchObject({ kind: 'incident' });
});

it('leads from what was spent to the requests that it was spent on', () => {
  const none = { item: '', centre: '' };
  const days = { from: '2026-11-01T00:00:00Z', until: '2026-12-01T00:00:00Z' };
  expect(query(requestsLink(november, none, undefined))).toEqual(days);
  expect(query(requestsLink(november, none, { by: 'cost_centre', key: 'c' }, APPROVED))).toEqual({ ...days, state: 'approved', centre: 'c' });
  expect(query(requestsLink(november, none, { by: 'cost_centre', key: '' }))).toMatchObject({ centre: 'none' });
  expect(query(requestsLink(november, { item: 'i', centre: 'c' }, { by: 'week', key: '2026-11-30' }, 'failed'))).toEqual({ state: 'failed', item: 'i', centre: 'c', from: '2026-11-30T00:00:00Z', until: '2026-12-01T00:00:00Z' });
});

it('leads to open tickets of an age', () => {
  const of = (min: number, max: number | null) => query(ageLink('2026-11-28', { min, max }, { group: 'g', priority: '' }));
  expect(of(0, 0)).toEqual({ from: '2026-11-28T00:00:00Z', until: '2026-11-29T00:00:00Z', group: 'g', sort: 'created' });
  expect(of(1, 2)).toMatchObject({ from: '2026-11-26T00:00:00Z', until: '2026-11-28T00:00:00Z' });
  expect(query(openLink({ group: 'g', priority: 'P1' }))).toEqual({ group: 'g', priority: 'P1', sort: 'created' });
  expect(of(90, null)).toEqual({ until: '2026-08-31T00:00:00Z', group: 'g', sort: 'created' });
});

it('draws nothing where nothing is measured, and time as a line', () => {
  const rows = [{ ...measures, key: '2026-11-01', label: '1 Nov' }, { ...measures, key: '2026-11-02', label: '2 Nov', first_response_ms: null }];
  const chart = ticketChart('response', rows, { inTime: true, targets, resolutionMax: undefined });
  expect([chart.shape, chart.target?.value, chart.points.map(({ values }) => values.value)]).toEqual(['line', 1, [1, null]]);
  expect(ticketChart('resolution', rows, { inTime: false, targets, resolutionMax: undefined }).target).toBeUndefined();
  expect(named(ticketCharts, 'pie')).toBe('volume');
});

it('names parts: of time by their first day, and kinds in words', () => {
  const row = { key: '2026-11-02', label: '2026-11-02' };
  expect([partWords('day', row), partWords('week', row, 'short'), partWords('month', { key: '2026-11-01', label: '2026-11' })]).toEqual(['2 Nov 2026', '2 Nov', 'Nov 2026']);
  expect(partWords('kind', { key: 'service_request', label: 'service request' })).toBe('Service request');
  expect(partWords('group', { key: '', label: 'No group' })).toBe('No group');
  expect([partTitle('week', [['week', 'Week']]), partTitle('tier', [['tier', 'Tier']])]).toEqual(['Week from', 'Tier']);
});
