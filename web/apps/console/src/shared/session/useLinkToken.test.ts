import { expect, it } from 'vitest';
import { tokenOf } from './useLinkToken';

it.each([
  ['#token=abc', 'abc'],
  ['#token=a%2Bb&x=1', 'a+b'],
  ['#', ''],
  ['', ''],
  ['#other=abc', ''],
])('%s has the token %s', (hash, token) => expect(tokenOf(hash)).toBe(token));
