/** By when a request is to be decided, in words. */
import { relative } from '#shared/format/time';

interface Due {
  word: string;
  isOverdue: boolean;
}

export function dueOf(due_at: string, now: number): Due {
  const when = relative(due_at, now);
  const isOverdue = Date.parse(due_at) <= now;
  return { word: isOverdue ? `Overdue, due ${when}` : when, isOverdue };
}
