import { expect, it } from 'vitest';
import { bulkOutcome, bulkSentence } from './bulkWords';

it('tells of each ticket that was refused, by its number', () => {
  const refusal = { code: 'ticket_done', detail: 'the ticket is done' };
  const outcome = bulkOutcome({ items: [{ id: 'a', version: 3 }, { id: 'b', refusal }] }, [{ id: 'a', number: 1 }, { id: 'b', number: 2 }]);
  expect(outcome).toEqual({ done: 1, refused: [{ id: 'b', text: '#2: The ticket is done.' }] });
  expect(bulkSentence(outcome, 'resolved')).toBe('1 ticket resolved, 1 not.');
  expect(bulkSentence({ done: 0, refused: [] }, 'resolved')).toBe('There was no ticket to be resolved.');
});
