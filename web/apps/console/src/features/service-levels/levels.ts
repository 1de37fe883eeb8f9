/** Service levels as they are edited. */
import type { ServiceLevels, TargetMinutes, TicketPriority } from '@itechsmart/api';

export const MINUTE_MS = 60_000;
/** A target is at most a leap year. */
export const MINUTES_MAX = 527_040;

export interface LevelsProps {
  levels: ServiceLevels;
  onChange: (part: Partial<ServiceLevels>) => void;
  writes: boolean;
}

export const targetKeys: Record<TicketPriority, keyof TargetMinutes> = { P1: 'p1', P2: 'p2', P3: 'p3', P4: 'p4' };

/** The matrix with another priority at a place. */
export function withPriority(matrix: ServiceLevels['matrix'], impact: number, urgency: number, priority: TicketPriority): ServiceLevels['matrix'] {
  return matrix.map((row, at) => (at === impact ? row.map((cell, other) => (other === urgency ? priority : cell)) : row));
}

/** Whether more impact or more urgency ever gives a lower priority. */
export function isUneven(matrix: ServiceLevels['matrix']): boolean {
  const rank = (impact: number, urgency: number) => Number(matrix[impact]?.[urgency]?.slice(1) ?? 0);
  const places = [0, 1, 2];
  return places.some((impact) => places.some((urgency) => (impact < 2 && rank(impact + 1, urgency) > rank(impact, urgency)) || (urgency < 2 && rank(impact, urgency + 1) > rank(impact, urgency))));
}
