import { expect, it } from 'vitest';
import { find } from './commands';

const commands = [
  { title: 'Overview', words: 'health services' },
  { title: 'Users', words: 'people invite' },
  { title: 'Invite a user', words: 'new add' },
  { title: 'Événements', words: undefined },
];
const titles = (typed: string) => find(commands, typed).map(({ title }) => title);

it('offers everything before anything is typed', () => {
  expect(titles('  ')).toHaveLength(commands.length);
});

it('puts what begins with the word first', () => {
  expect(titles('user')).toEqual(['Users', 'Invite a user']);
  expect(titles('invite')).toEqual(['Invite a user', 'Users']);
});

it('wants every word, in any order', () => {
  expect(titles('user invite')).toEqual(['Users', 'Invite a user']);
  expect(titles('user health')).toEqual([]);
});

it('looks past case and accents', () => {
  expect(titles('evene')).toEqual(['Événements']);
});
