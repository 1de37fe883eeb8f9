import { expect, it } from 'vitest';
import { bytesWords } from '#shared/format/bytes';
import { boundsWords, faultOf, fits, pastedName, typeWord } from './kinds';

it('writes sizes as people read them', () => {
  expect([1, 1_023, 1_024, 1_536, 1_048_575, 26_214_400, 1_288_490_189].map(bytesWords)).toEqual(['1 byte', '1023 bytes', '1 KiB', '1.5 KiB', '1 MiB', '25 MiB', '1.2 GiB']);
});

it('says what is taken', () => {
  expect(boundsWords({ filesMax: 1 })).toBe('One file.');
  expect(boundsWords({ filesMax: 3, bytesMax: 5_242_880, mediaTypes: ['application/pdf', 'image/*'] })).toBe('Up to 3 files, PDF or Images, at most 5 MiB each.');
});

it('takes types by their name and their family', () => {
  expect(fits('image/png', ['application/pdf', 'image/*'])).toBe(true);
  expect(fits('imagery/png', ['image/*'])).toBe(false);
  expect(fits('text/plain', ['application/pdf'])).toBe(false);
  expect(fits('text/plain')).toBe(true);
});

it('does not send what is empty or too large', () => {
  expect(faultOf({ name: 'a.txt', size: 0 }, { filesMax: 1 })).toMatch(/empty/);
  expect(faultOf({ name: 'a.txt', size: 1_025 }, { filesMax: 1, bytesMax: 1_024 })).toBe('“a.txt” has 1 KiB: at most 1 KiB are taken.');
  expect(faultOf({ name: 'a.txt', size: 1_024 }, { filesMax: 1, bytesMax: 1_024 })).toBeUndefined();
});

it('names what was pasted', () => {
  const now = new Date('2026-11-28T09:08:07Z');
  expect(pastedName('image.png', 'image/png', now)).toBe('pasted-2026-11-28-09-08-07.png');
  expect(pastedName('', 'image/jpeg', now)).toBe('pasted-2026-11-28-09-08-07.jpg');
  expect(pastedName('plan.pdf', 'application/pdf', now)).toBe('plan.pdf');
  expect([typeWord('application/pdf'), typeWord('image/png'), typeWord('application/octet-stream')]).toEqual(['PDF', 'PNG image', 'File']);
});
