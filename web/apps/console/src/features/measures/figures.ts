/** What is measured, against what it is measured by, in words. */
import type { MeasureTargets, RequestMeasures, TicketMeasures } from '@itechsmart/api';
import { money } from '#shared/format/decimal';
import { count } from '#shared/format/text';
import { span } from '#shared/format/span';

export type Verdict = 'met' | 'missed';

export interface Figure {
  name: string;
  /** Absent where there is nothing to measure. */
  value: string | undefined;
  /** What it ought to be, such as "at most 1 h". */
  target?: string;
  verdict?: Verdict | undefined;
  /** Out of what. */
  about?: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const MANY_HOURS_MS = 100 * HOUR_MS;

/** A mean: to the minute, and of a hundred hours or more to the hour. */
export function meanTime(ms: number): string {
  const step = ms < MINUTE_MS ? 1_000 : ms < MANY_HOURS_MS ? MINUTE_MS : HOUR_MS;
  return span(Math.round(ms / step) * step);
}

/** 0.9 → "90%", 0.8754 → "87.5%" */
export function percent(share: number): string {
  return share.toLocaleString('en', { style: 'percent', maximumFractionDigits: 1 });
}

/** Exactly at the target is met. */
export function atMost(value: number | null | undefined, max: number): Verdict | undefined {
  return value == null ? undefined : value <= max ? 'met' : 'missed';
}

export function atLeast(value: number | null | undefined, min: number): Verdict | undefined {
  return value == null ? undefined : value >= min ? 'met' : 'missed';
}

/** Tier 3 has no target of its own. */
export function resolutionMax(targets: MeasureTargets, tier: number | undefined): number | undefined {
  if (tier === 2) return targets.resolution_ms_max_tier_2;
  return tier === 3 ? undefined : targets.resolution_ms_max;
}

const known = <T>(value: T | null | undefined, words: (value: T) => string): string | undefined => (value == null ? undefined : words(value));

export function resolutionFigure(name: string, measures: TicketMeasures, targets: MeasureTargets, tier: number | undefined): Figure {
  const max = resolutionMax(targets, tier);
  const base: Figure = { name, value: known(measures.resolution_ms, meanTime), about: `mean of ${count(measures.resolved, 'ticket')}` };
  return max === undefined ? { ...base, target: 'no target' } : { ...base, target: `at most ${span(max)}`, verdict: atMost(measures.resolution_ms, max) };
}

export function ticketFigures(measures: TicketMeasures, targets: MeasureTargets, tier: number | undefined): Figure[] {
  const { created, replied, rated, escalated, resolved } = measures;
  const kept = measures.response_kept + measures.resolution_kept;
  const decided = kept + measures.response_breached + measures.resolution_breached;
  return [
    {
      name: 'First response',
      value: known(measures.first_response_ms, meanTime),
      target: `at most ${span(targets.first_response_ms_max)}`,
      verdict: atMost(measures.first_response_ms, targets.first_response_ms_max),
      about: `mean of ${count(replied, 'ticket')}`,
    },
    resolutionFigure('Time to resolve', measures, targets, tier),
    {
      name: 'Satisfaction',
      value: known(measures.satisfaction, percent),
      target: `at least ${percent(targets.satisfaction_min)}`,
      verdict: atLeast(measures.satisfaction, targets.satisfaction_min),
      about: rated === 0 ? 'nobody has rated' : `rated 4 or 5, of ${count(rated, 'rating')}`,
    },
    {
      name: 'Escalation',
      value: known(measures.escalation_rate, percent),
      target: `at most ${percent(targets.escalation_rate_max)}`,
      verdict: atMost(measures.escalation_rate, targets.escalation_rate_max),
      about: `${escalated.toLocaleString('en')} of ${count(created, 'ticket')}`,
    },
    {
      name: 'Resolution rate',
      value: known(measures.resolution_rate, percent),
      target: `at least ${percent(targets.resolution_rate_min)}`,
      verdict: atLeast(measures.resolution_rate, targets.resolution_rate_min),
      about: `${resolved.toLocaleString('en')} of ${count(created, 'ticket')}`,
    },
    {
      name: 'SLA compliance',
      value: known(measures.sla_compliance, percent),
      about: decided === 0 ? 'no promise is decided yet' : `${kept.toLocaleString('en')} of ${count(decided, 'promise')} kept`,
    },
  ];
}

export function requestFigures(measures: RequestMeasures, currency: string | undefined): Figure[] {
  const { created, fulfilled, rejected, failed, cancelled, rated } = measures;
  const ended = [
    rejected > 0 ? `${rejected.toLocaleString('en')} rejected` : '',
    cancelled > 0 ? `${cancelled.toLocaleString('en')} taken back` : '',
    failed > 0 ? `${failed.toLocaleString('en')} with nobody to ask` : '',
  ].filter(Boolean);
  return [
    { name: 'Requests', value: created.toLocaleString('en'), about: ended.join(', ') || 'none rejected or taken back' },
    { name: 'Fulfilled', value: fulfilled.toLocaleString('en'), about: created === 0 ? '' : `${percent(fulfilled / created)} of them` },
    { name: 'Fulfilment time', value: known(measures.fulfilment_ms, meanTime), about: 'mean, from the request on' },
    { name: 'Spend', value: money(measures.spend, currency), about: 'of what is approved, or was' },
    { name: 'Satisfaction', value: known(measures.satisfaction, percent), about: rated === 0 ? 'nobody has rated' : `rated 4 or 5, of ${count(rated, 'rating')}` },
  ];
}
