import type { ApiKeyState } from '@itechsmart/api';
import type { Tone } from '#shared/ui/State';

const states: Record<ApiKeyState, { tone: Tone; word: string }> = {
  active: { tone: 'success', word: 'Active' },
  expired: { tone: 'neutral', word: 'Expired' },
  revoked: { tone: 'error', word: 'Revoked' },
};

export function keyState(state: ApiKeyState): { tone: Tone; word: string } {
  return states[state] ?? { tone: 'neutral', word: state };
}

/** How long a key lives, as one chooses it. */
export const lifetimes = [
  { value: '30', title: '30 days' },
  { value: '90', title: '90 days' },
  { value: '365', title: '1 year' },
  { value: '', title: 'Until it is revoked' },
] as const;

const DAY_MS = 86_400_000;

export function expiry(days: string, now: number): string | undefined {
  return days === '' ? undefined : new Date(now + Number(days) * DAY_MS).toISOString();
}

/** How long the old secret goes on after a new one is made. */
export const overlaps = [
  { value: '0', title: 'Not at all' },
  { value: '3600', title: '1 hour' },
  { value: '86400', title: '1 day' },
  { value: '604800', title: '7 days' },
] as const;
