import type { Responder } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { mayCall } from './calls';

const ladder = (...levels: Responder[][]) => ({ ladder: { is_around_the_clock: true, levels: levels.map((responders) => ({ responders, answer_minutes: 15 })) } });

it('knows who is called by themselves, on any level, and that a group may be theirs', () => {
  expect(mayCall(ladder([{ user: 'ada' }], [{ user: 'cyd' }]), 'cyd')).toBe(true);
  expect(mayCall(ladder([{ user: 'ada' }]), 'cyd')).toBe(false);
  expect(mayCall(ladder([{ user: 'ada' }], [{ group: 'network' }]), 'cyd')).toBe(true);
});
