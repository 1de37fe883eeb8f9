import { expect, it } from 'vitest';
import { reasonWords, subjectWords } from './words';

it('says why a message is held, also where it does not know the reason', () => {
  expect(reasonWords('unauthenticated')).toBe('Nobody vouches for its sender');
  expect(reasonWords('wrong_moon')).toBe('Wrong moon');
  expect(reasonWords(null)).toBeUndefined();
});

it('calls a message without a subject so', () => {
  expect(subjectWords(' ')).toBe('Without a subject');
  expect(subjectWords('<b>Hello</b>')).toBe('<b>Hello</b>');
});
