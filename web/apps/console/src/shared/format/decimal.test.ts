import { expect, it } from 'vitest';
import { millionths, money, price } from './decimal';

it('reads what the server reads, and nothing else', () => {
  expect(millionths('0.1')).toBe(100_000n);
  expect(millionths('-0.5')).toBe(-500_000n);
  expect(millionths(' 12 ')).toBe(12_000_000n);
  for (const text of ['', '-', '.5', '5.', '1e3', '1,5', '+1', '1.1234567', '1234567890123']) {
    expect(millionths(text), text).toBeUndefined();
  }
});

it('shows money as people write it', () => {
  expect(money('1200.5')).toBe('1,200.50');
  expect(money('3')).toBe('3');
  expect(money('0.125')).toBe('0.125');
  expect(price('0')).toBe('No charge');
  expect(price('0.00')).toBe('No charge');
  expect(price('9')).toBe('9');
  expect(money('1200.5', 'EUR')).toBe('€1,200.50');
  expect(price('3', 'USD')).toBe('$3');
  expect(price('0.00', 'USD')).toBe('No charge');
});
