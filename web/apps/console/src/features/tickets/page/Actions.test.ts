import { expect, it } from 'vitest';
import { ownMoves } from './Actions';
import { reachableTiers } from './HandOverDialog';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const buttons = (state: string, reopens_until?: string) => ownMoves({ state, ...(reopens_until !== undefined && { reopens_until }) }, NOW).map(({ button }) => button);

it('offers a requester what is theirs to do', () => {
  expect(buttons('new')).toEqual(['It is solved']);
  expect(buttons('pending_customer')).toEqual(['It is solved']);
  expect(buttons('resolved', '2026-03-02T12:00:01Z')).toEqual(['It is not solved', 'Close the ticket']);
  // The time to reopen is over.
  expect(buttons('resolved', '2026-03-02T12:00:00Z')).toEqual(['Close the ticket']);
  expect(buttons('closed')).toEqual([]);
});

it('hands over tier by tier, and a P1 at once to where it is solved', () => {
  expect(reachableTiers({ tier: 1, priority: 'P2' })).toEqual([2]);
  expect(reachableTiers({ tier: 2, priority: 'P2' })).toEqual([1, 3]);
  expect(reachableTiers({ tier: 1, priority: 'P1' })).toEqual([2, 3]);
  expect(reachableTiers({ tier: 3, priority: 'P1' })).toEqual([2]);
});
