import { expect, it } from 'vitest';
import { count, device, initials, sentence, shortened, words } from './text';

it('makes sentences of what problems say', () => {
  expect(sentence('the name is taken')).toBe('The name is taken.');
  expect(sentence(' Really? ')).toBe('Really?');
  expect(sentence('')).toBe('');
});

it('writes names as people do', () => {
  expect(words('api-keys')).toBe('API keys');
  expect(words('service-catalog')).toBe('Service catalog');
});

it('counts', () => {
  expect(count(1, 'user')).toBe('1 user');
  expect(count(0, 'user')).toBe('0 users');
  expect(count(2_000, 'person', 'people')).toBe('2,000 people');
});

it('makes initials of any name', () => {
  expect(initials('Amélie Marie Dubois')).toBe('AD');
  expect(initials(' mina ')).toBe('M');
  expect(initials('')).toBe('?');
});

it('shortens only what is long', () => {
  expect(shortened('0123456789abcdef01234567', 4)).toBe('0123…4567');
  expect(shortened('short')).toBe('short');
});

it('knows devices by their user agents', () => {
  expect(device('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36')).toBe('Chrome on Linux');
  expect(device('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1')).toBe('Safari on iOS');
  expect(device('curl/8.0')).toBe('curl/8.0');
  expect(device('')).toBe('Unknown device');
});
