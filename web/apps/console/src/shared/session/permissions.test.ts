import { expect, it } from 'vitest';
import { can, missing } from './permissions';

it('allows what is held and nothing else', () => {
  const may = can(['hub.users.read', 'hub.users.*', 'hub.roles']);
  expect(may('hub.users.read')).toBe(true);
  expect(may('hub.users.write')).toBe(false);
  expect(may('hub.roles.read')).toBe(false);
});

it('names what is missing, in the order asked', () => {
  expect(missing(['hub.users.read'], ['hub.roles.read', 'hub.users.read', 'hub.audit.read'])).toEqual([
    'hub.roles.read',
    'hub.audit.read',
  ]);
  expect(missing([], [])).toEqual([]);
});

it('is content with any of several', () => {
  const tasks = ['catalog.tasks.write', 'catalog.all-tasks.write'] as const;
  expect(missing(['catalog.all-tasks.write'], [tasks])).toEqual([]);
  expect(missing(['catalog.tasks.write'], [tasks, 'hub.users.read'])).toEqual(['hub.users.read']);
  expect(missing(['catalog.requests.read'], [tasks])).toEqual([tasks]);
});
