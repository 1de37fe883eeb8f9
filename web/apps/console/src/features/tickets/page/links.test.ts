import { expect, it } from 'vitest';
import { linkedWords, linkKinds, linkWord } from './links';

it('says what was linked, by what it is', () => {
  expect(linkedWords({ link: 'duplicate_of', ticket_id: 'a', number: 3 }, true)).toBe('linked it: duplicate of #3');
  expect(linkedWords({ link: 'duplicate_of', ticket_id: 'a', number: 3 }, false)).toBe('removed a link: duplicate of #3');
  expect(linkedWords({ link: 'problem', problem_id: 'a', number: 2 }, true)).toBe('linked it to problem 2');
  expect(linkedWords({ link: 'answered_with', article_id: 'a', number: 7 }, true)).toBe('noted that it was answered with article 7');
  expect(linkedWords({ link: 'major_incident', incident_id: 'a' }, true)).toBe('declared it a major incident');
  expect(linkedWords({ link: 'major_incident', incident_id: 'a', number: 9 }, true)).toBe('made it part of major incident #9');
});

it('shows a kind of link that it does not know by its name', () => {
  expect(linkWord('blocked_by')).toBe('Blocked by');
  expect(linkKinds.map(({ value }) => value)).not.toContain('known_error');
});
