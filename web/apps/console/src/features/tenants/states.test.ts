import { expect, it } from 'vitest';
import { slugOf } from './states';

it.each([
  ['Acme Ltd. (Berlin)', 'acme-ltd-berlin'],
  ['Müller & Söhne', 'muller-sohne'],
  ['  ', ''],
])('%s is %s in addresses', (name, slug) => expect(slugOf(name)).toBe(slug));
