import { Problem } from '@itechsmart/api';
import { expect, it } from 'vitest';
import { worthRetrying } from './queryClient';

const of = (kind: 'unavailable' | 'forbidden') =>
  new Problem({ kind, code: kind, status: 0, title: '', detail: '' });

it('asks again only for what may pass by itself', () => {
  expect(worthRetrying(0, of('unavailable'))).toBe(true);
  expect(worthRetrying(2, of('unavailable'))).toBe(false);
  expect(worthRetrying(0, of('forbidden'))).toBe(false);
});
