import { expect, it } from 'vitest';
import { blank } from '../content';
import { addTask, changeTask, possibleBefore, removeTask, renameTask } from './tasks';

const none = new Set<string>();

function three() {
  let made = renameTask(addTask(blank), 0, 'Order', none);
  made = renameTask(addTask(made), 1, 'Install', none);
  return renameTask(addTask(made), 2, 'Hand over', none);
}

it('puts each task after the one before, and follows names', () => {
  expect(three().tasks.tasks.map(({ key, after }) => [key, after])).toEqual([
    ['order', []],
    ['install', ['order']],
    ['hand_over', ['install']],
  ]);
  const renamed = renameTask(three(), 0, 'Buy', none);
  expect(renamed.tasks.tasks[1]?.after).toEqual(['buy']);
  expect(renameTask(three(), 0, 'Buy', new Set(['order'])).tasks.tasks[0]).toMatchObject({ key: 'order', name: 'Buy' });
});

it('offers no circle', () => {
  const { tasks } = three().tasks;
  expect(possibleBefore(tasks, 'order')).toEqual([]);
  expect(possibleBefore(tasks, 'install').map(({ key }) => key)).toEqual(['order']);
  const apart = changeTask(three(), 2, { after: [] }).tasks.tasks;
  expect(possibleBefore(apart, 'install').map(({ key }) => key)).toEqual(['order', 'hand_over']);
});

it('closes the gap that a task leaves', () => {
  expect(removeTask(three(), 1).tasks.tasks.map(({ key, after }) => [key, after])).toEqual([
    ['order', []],
    ['hand_over', ['order']],
  ]);
});
