import { expect, it } from 'vitest';
import { parsePatterns } from './patterns';

it('reads patterns a line or with commas, each once', () => {
  expect(parsePatterns(' hub.user.*\nhub.user.*, *\n\n')).toEqual(['hub.user.*', '*']);
});
