/** Steps of the task editor. A task comes after others, and never after those that wait for it. */
import type { ItemContent, PlannedTask, Work } from '@itechsmart/api';
import { moved } from '#shared/ui/moved';
import { at, keyFor, without } from '../content';

const withTasks = (content: ItemContent, tasks: PlannedTask[]): ItemContent => ({ ...content, tasks: { tasks } });
const DAY_MINUTES = 1_440;

export function workOf(kind: 'people' | 'automation', group: string): Work {
  return kind === 'people' ? { people: { group_id: group, assignment: 'group' } } : { automation: { hook: '', within_minutes: DAY_MINUTES } };
}

/** One more, which comes after the last. */
export function addTask(content: ItemContent): ItemContent {
  const { tasks } = content.tasks;
  const last = tasks.at(-1);
  const key = keyFor('', new Set(tasks.map((task) => task.key)), 'task');
  return withTasks(content, [...tasks, { key, name: '', after: last === undefined ? [] : [last.key], work: workOf('people', '') }]);
}

export function changeTask(content: ItemContent, place: number, change: Partial<PlannedTask>): ItemContent {
  return withTasks(content, at(content.tasks.tasks, place, (task) => ({ ...task, ...change })));
}

/** Names a task; its key follows until it is published. */
export function renameTask(content: ItemContent, place: number, name: string, fixed: ReadonlySet<string>): ItemContent {
  const { tasks } = content.tasks;
  const old = tasks[place]?.key;
  if (old === undefined) return content;
  const key = fixed.has(old) ? old : keyFor(name, new Set(without(tasks, place).map((task) => task.key)), 'task');
  const after = (task: PlannedTask) => (task.after ?? []).map((one) => (one === old ? key : one));
  return withTasks(content, at(tasks, place, (task) => ({ ...task, name, key })).map((task) => ({ ...task, after: after(task) })));
}

export function moveTask(content: ItemContent, from: number, to: number): ItemContent {
  return withTasks(content, moved(content.tasks.tasks, from, to));
}

/** Takes a task away; those after it come after what it came after. */
export function removeTask(content: ItemContent, place: number): ItemContent {
  const { tasks } = content.tasks;
  const gone = tasks[place];
  if (gone === undefined) return content;
  const before = gone.after ?? [];
  return withTasks(
    content,
    without(tasks, place).map((task) => {
      const after = task.after ?? [];
      if (!after.includes(gone.key)) return task;
      return { ...task, after: [...new Set([...after.filter((key) => key !== gone.key), ...before])] };
    }),
  );
}

/** Those that a task may come after: not itself, and none that waits for it. */
export function possibleBefore(tasks: readonly PlannedTask[], key: string): PlannedTask[] {
  const waiting = new Set([key]);
  for (let found = true; found; ) {
    found = false;
    for (const task of tasks) {
      if (!waiting.has(task.key) && (task.after ?? []).some((one) => waiting.has(one))) {
        waiting.add(task.key);
        found = true;
      }
    }
  }
  return tasks.filter((task) => !waiting.has(task.key));
}
