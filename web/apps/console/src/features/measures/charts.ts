/** Which charts there are, and what each draws of what is measured. */
import type { MeasureTargets, RequestMeasuresRow, TicketMeasuresRow } from '@itechsmart/api';
import { money } from '#shared/format/decimal';
import { span } from '#shared/format/span';
import { meanTime, percent } from './figures';

export type Tint = 'main' | 'good' | 'soft';

export interface Chart {
  shape: 'bar' | 'line';
  series: { key: string; name: string; tint: Tint }[];
  /** Null where there is nothing to measure. */
  points: { label: string; values: Record<string, number | null> }[];
  decimals: boolean;
  domain?: [number, number];
  target?: { value: number; label: string };
  /** At the axis, and beside the pointer. */
  tick: (value: number) => string;
  words: (value: number) => string;
}

const HOUR_MS = 3_600_000;

export const ticketCharts = {
  volume: 'Opened and resolved',
  response: 'First response',
  resolution: 'Time to resolve',
  compliance: 'SLA compliance',
  satisfaction: 'Satisfaction',
  escalation: 'Escalation',
  resolved: 'Resolution rate',
} as const;
export type TicketChart = keyof typeof ticketCharts;

export const requestCharts = { volume: 'Made and fulfilled', fulfilment: 'Fulfilment time', spend: 'Spend' } as const;
export type RequestChart = keyof typeof requestCharts;

/** The chart of that name, or the first. */
export function named<Name extends string>(charts: Record<Name, string>, name: string): Name {
  const names = Object.keys(charts) as Name[];
  return names.find((one) => one === name) ?? (names[0] as Name);
}

const whole = (value: number) => value.toLocaleString('en');
const numbers = { decimals: false, tick: whole, words: whole };
const hours = { decimals: true, tick: (value: number) => `${Number(value.toFixed(2)).toLocaleString('en')} h`, words: (value: number) => meanTime(value * HOUR_MS) };
const shares = { decimals: true, domain: [0, 1] as [number, number], tick: percent, words: percent };

const inHours = (ms: number | null | undefined) => (ms == null ? null : ms / HOUR_MS);

interface Shown {
  /** Parts of a period follow each other; groups and kinds do not. */
  inTime: boolean;
  targets: MeasureTargets;
  /** Of time to resolve; undefined where there is none. */
  resolutionMax: number | undefined;
}

export function ticketChart(name: TicketChart, rows: readonly TicketMeasuresRow[], { inTime, targets, resolutionMax }: Shown): Chart {
  const shape = inTime ? 'line' : 'bar';
  const one = (value: (row: TicketMeasuresRow) => number | null | undefined): Pick<Chart, 'shape' | 'series' | 'points'> => ({
    shape,
    series: [{ key: 'value', name: ticketCharts[name], tint: 'main' }],
    points: rows.map((row) => ({ label: row.label, values: { value: value(row) ?? null } })),
  });
  switch (name) {
    case 'volume':
      return {
        shape: 'bar',
        series: [
          { key: 'created', name: 'Opened', tint: 'main' },
          { key: 'resolved', name: 'of these resolved', tint: 'soft' },
        ],
        points: rows.map(({ label, created, resolved }) => ({ label, values: { created, resolved } })),
        ...numbers,
      };
    case 'response':
      return { ...one((row) => inHours(row.first_response_ms)), ...hours, target: { value: targets.first_response_ms_max / HOUR_MS, label: `Below ${span(targets.first_response_ms_max)}` } };
    case 'resolution':
      return { ...one((row) => inHours(row.resolution_ms)), ...hours, ...(resolutionMax !== undefined && { target: { value: resolutionMax / HOUR_MS, label: `Below ${span(resolutionMax)}` } }) };
    case 'compliance':
      return { ...one((row) => row.sla_compliance), ...shares };
    case 'satisfaction':
      return { ...one((row) => row.satisfaction), ...shares, target: { value: targets.satisfaction_min, label: `Above ${percent(targets.satisfaction_min)}` } };
    case 'escalation':
      return { ...one((row) => row.escalation_rate), ...shares, target: { value: targets.escalation_rate_max, label: `Below ${percent(targets.escalation_rate_max)}` } };
    case 'resolved':
      return { ...one((row) => row.resolution_rate), ...shares, target: { value: targets.resolution_rate_min, label: `Above ${percent(targets.resolution_rate_min)}` } };
  }
}

export function requestChart(name: RequestChart, rows: readonly RequestMeasuresRow[], { inTime, currency }: { inTime: boolean; currency: string | undefined }): Chart {
  if (name === 'volume') {
    return {
      shape: 'bar',
      series: [
        { key: 'created', name: 'Made', tint: 'main' },
        { key: 'fulfilled', name: 'of these fulfilled', tint: 'soft' },
      ],
      points: rows.map(({ label, created, fulfilled }) => ({ label, values: { created, fulfilled } })),
      ...numbers,
    };
  }
  const series = [{ key: 'value', name: requestCharts[name], tint: 'main' as const }];
  const points = (value: (row: RequestMeasuresRow) => number | null) => rows.map((row) => ({ label: row.label, values: { value: value(row) } }));
  if (name === 'fulfilment') return { shape: inTime ? 'line' : 'bar', series, points: points((row) => inHours(row.fulfilment_ms)), ...hours };
  return { shape: 'bar', series, points: points((row) => Number(row.spend)), decimals: true, tick: whole, words: (value) => money(value.toFixed(2), currency) };
}
