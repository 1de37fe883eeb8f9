import { expect, it } from 'vitest';
import { certain } from './certain';

const [dear, someone] = [{ price_above: '1000' }, { requester_in: 'lab' }];

it('knows what the price decides', () => {
  expect(certain(dear, '1000')).toBe(false);
  expect(certain(dear, '1000.01')).toBe(true);
  expect(certain({ not: dear }, '1')).toBe(true);
  expect(certain(someone, '1')).toBeUndefined();
});

it('says nothing where the rest decides', () => {
  expect(certain({ all: [dear, someone] }, '1')).toBe(false);
  expect(certain({ all: [dear, someone] }, '2000')).toBeUndefined();
  expect(certain({ any: [dear, someone] }, '2000')).toBe(true);
  expect(certain({ any: [dear, someone] }, '1')).toBeUndefined();
  expect(certain({ all: [] }, '1')).toBe(true);
});
