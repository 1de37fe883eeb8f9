/** What is measured, against what it is measured by, in words. */
import type { MeasureTargets, RequestMeasures, TicketMeasures } from '@itechsmart/api';
import { millionths, money } from '#shared/format/decimal';
import { count } from '#shared/format/text';
import { span } from '#shared/format/span';
import { behindCompliance, behindResolution, behindResponse, type Behind } from './behind';
import { APPROVED } from './requestsLink';

export type Verdict = 'met' | 'missed';

export interface Figure {
  name: string;
  /** Absent where there is nothing to measure. */
  value: string | undefined;
  /** What it ought to be, such as "below 1 h". */
  target?: string;
  verdict?: Verdict | undefined;
  /** Out of what. */
  about?: string;
  /** Where that is listed. */
  to?: string | undefined;
  /** What else is worth a look, and where it is listed. */
  also?: { text: string; to: string } | undefined;
}

/** Where tickets are listed; undefined for who may not see them. */
export type Lead = (behind: Behind | undefined) => string | undefined;
/** Where requests of a state are listed, or all. */
export type LeadToRequests = (state?: string) => string | undefined;

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

/** Exactly at the target is missed. */
export function below(value: number | null | undefined, target: number): Verdict | undefined {
  return value == null ? undefined : value < target ? 'met' : 'missed';
}

export function above(value: number | null | undefined, target: number): Verdict | undefined {
  return value == null ? undefined : value > target ? 'met' : 'missed';
}

/** Tier 3 has no target of its own. */
export function resolutionMax(targets: MeasureTargets, tier: number | undefined): number | undefined {
  if (tier === 2) return targets.resolution_ms_max_tier_2;
  return tier === 3 ? undefined : targets.resolution_ms_max;
}

export const known = <T>(value: T | null | undefined, words: (value: T) => string): string | undefined => (value == null ? undefined : words(value));

const also = (text: string, to: string | undefined): Figure['also'] => (to === undefined ? undefined : { text, to });

const late = (tickets: number, behind: Behind, lead: Lead): Figure['also'] => (tickets > 0 ? also(`${tickets.toLocaleString('en')} late`, lead(behind)) : undefined);

/** What a figure is held against in a tier, and how its tickets are found. */
interface Against {
  targets: MeasureTargets;
  tier: number | undefined;
  lead: Lead;
}

export function resolutionFigure(name: string, measures: TicketMeasures, { targets, tier, lead }: Against): Figure {
  const max = resolutionMax(targets, tier);
  const base: Figure = { name, value: known(measures.resolution_ms, meanTime), about: `mean of ${count(measures.resolved, 'ticket')}`, to: lead(behindResolution(measures)), also: late(measures.resolution_breached, 'resolution_breached', lead) };
  return max === undefined ? { ...base, target: 'no target' } : { ...base, target: `below ${span(max)}`, verdict: below(measures.resolution_ms, max) };
}

export function ticketFigures(measures: TicketMeasures, against: Against): Figure[] {
  const { targets, lead } = against;
  const { created, replied, rated, escalated, resolved } = measures;
  const kept = measures.response_kept + measures.resolution_kept;
  const decided = kept + measures.response_breached + measures.resolution_breached;
  return [
    {
      name: 'First response',
      value: known(measures.first_response_ms, meanTime),
      target: `below ${span(targets.first_response_ms_max)}`,
      verdict: below(measures.first_response_ms, targets.first_response_ms_max),
      about: `mean of ${count(replied, 'ticket')}`,
      to: lead(behindResponse(measures)),
      also: late(measures.response_breached, 'response_breached', lead),
    },
    resolutionFigure('Time to resolve', measures, against),
    {
      name: 'Satisfaction',
      value: known(measures.satisfaction, percent),
      target: `above ${percent(targets.satisfaction_min)}`,
      verdict: above(measures.satisfaction, targets.satisfaction_min),
      about: rated === 0 ? 'nobody has rated' : `rated 4 or 5, of ${count(rated, 'rating')}`,
      to: lead(rated > 0 ? 'rated' : undefined),
      also: measures.satisfaction != null && measures.satisfaction < 1 ? also('Rated 1 to 3', lead('dissatisfied')) : undefined,
    },
    {
      name: 'Escalation',
      value: known(measures.escalation_rate, percent),
      target: `below ${percent(targets.escalation_rate_max)}`,
      verdict: below(measures.escalation_rate, targets.escalation_rate_max),
      about: `${escalated.toLocaleString('en')} of ${count(created, 'ticket')}`,
      to: lead(escalated > 0 ? 'escalated' : undefined),
    },
    {
      name: 'Resolution rate',
      value: known(measures.resolution_rate, percent),
      target: `above ${percent(targets.resolution_rate_min)}`,
      verdict: above(measures.resolution_rate, targets.resolution_rate_min),
      about: `${resolved.toLocaleString('en')} of ${count(created, 'ticket')}`,
      to: lead(behindResolution(measures)),
    },
    {
      name: 'SLA compliance',
      value: known(measures.sla_compliance, percent),
      about: decided === 0 ? 'no promise is decided yet' : `${kept.toLocaleString('en')} of ${count(decided, 'promise')} kept`,
      to: lead(behindCompliance(measures)),
    },
  ];
}

export function requestFigures(measures: RequestMeasures, currency: string | undefined, lead: LeadToRequests): Figure[] {
  const { created, fulfilled, rejected, failed, cancelled, rated } = measures;
  const done = fulfilled > 0 ? lead('fulfilled') : undefined;
  const ended = [
    rejected > 0 ? `${rejected.toLocaleString('en')} rejected` : '',
    cancelled > 0 ? `${cancelled.toLocaleString('en')} taken back` : '',
    failed > 0 ? `${failed.toLocaleString('en')} with nobody to ask` : '',
  ].filter(Boolean);
  return [
    { name: 'Requests', value: created.toLocaleString('en'), about: ended.join(', ') || 'none rejected or taken back', to: created > 0 ? lead() : undefined },
    { name: 'Fulfilled', value: fulfilled.toLocaleString('en'), about: created === 0 ? '' : `${percent(fulfilled / created)} of them`, to: done },
    { name: 'Fulfilment time', value: known(measures.fulfilment_ms, meanTime), about: 'mean, from the request on', to: done },
    { name: 'Spend', value: money(measures.spend, currency), about: 'of what is approved, or was', to: millionths(measures.spend) !== 0n ? lead(APPROVED) : undefined },
    { name: 'Satisfaction', value: known(measures.satisfaction, percent), about: rated === 0 ? 'nobody has rated' : `rated 4 or 5, of ${count(rated, 'rating')}` },
  ];
}
