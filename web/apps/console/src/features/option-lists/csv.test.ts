import { expect, it } from 'vitest';
import { readCsv, writeCsv } from './csv';

const option = (value: string, label: string, of = '') => ({ value, label, of });

it('reads values, labels and what they go with', () => {
  expect(readCsv('b,Berlin\nb1,Room 1,b\n\n').options).toEqual([option('b', 'Berlin'), option('b1', 'Room 1', 'b')]);
  expect(readCsv('Berlin\r\nHamburg\r\n').options).toEqual([option('Berlin', 'Berlin'), option('Hamburg', 'Hamburg')]);
});

it('knows columns by what the first line calls them, and what parts them', () => {
  expect(readCsv('Name;Code\nBerlin, Mitte;b').options).toEqual([option('b', 'Berlin, Mitte')]);
  expect(readCsv('\uFEFFlabel\tgoes with\nRoom 1\tb').options).toEqual([option('', 'Room 1', 'b')]);
  // A first line that is an option like others.
  expect(readCsv('name,b').options).toEqual([option('name', 'b')]);
});

it('reads quotes, and what is in them', () => {
  expect(readCsv('"a ""b"", c",x\n').options).toEqual([option('a "b", c', 'x')]);
  expect(readCsv('5" disk,x').options).toEqual([option('5" disk', 'x')]);
});

it('says in which line something is wrong', () => {
  const { options, faults } = readCsv(`a,b,c,d\n"x\ny",z\n${'l'.repeat(201)}\nfine`);
  expect(faults).toEqual(['Line 1 has 4 columns, and not 3 at most.', 'Line 2 has a line break within a column.', 'Line 4 has more than 200 characters in a column.']);
  expect(options).toEqual([option('fine', 'fine')]);
});

it('writes what it reads again', () => {
  const options = [option('b', 'Berlin'), option('x', '<img src=x onerror=alert(1)>', 'a;b'), option('say "hi"', ' a, b ', '')];
  expect(readCsv(writeCsv(options)).options).toEqual(options.map((one) => ({ ...one, label: one.label.trim() })));
});
