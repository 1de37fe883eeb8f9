/** What the keys of a queue do. */

export type QueueAct =
  | { do: 'focus'; id: string }
  | { do: 'select'; ids: ReadonlySet<string> }
  | { do: 'take'; ids: readonly string[] }
  | { do: 'open'; id: string }
  | { do: 'search' }
  | { do: 'help' };

export interface Standing {
  /** The tickets that are shown, in their order. */
  ids: readonly string[];
  /** Where the focus is, if it is on a ticket. */
  at: string | undefined;
  /** Where it was last, in the order: a ticket that was dealt with leaves the queue, and the next takes its place. */
  last?: number | undefined;
  selected: ReadonlySet<string>;
}

export const keyHelp: readonly [keys: readonly string[], does: string][] = [
  [['j', '↓'], 'The next ticket'],
  [['k', '↑'], 'The one before'],
  [['Enter', 'o'], 'Open it'],
  [['x'], 'Select it, or not'],
  [['Shift + x'], 'Select all that are shown, or none'],
  [['a'], 'Assign it to me, or all that are selected'],
  [['/'], 'Search; Enter leads back to the tickets'],
  [['Esc'], 'Select none'],
  [['?'], 'This list'],
];

/** Undefined where a key does nothing here: the browser has it then. */
export function press(key: string, { ids, at, last, selected }: Standing): QueueAct | undefined {
  switch (key) {
    case 'j':
      return focus(ids, at, 1, last);
    case 'k':
      return focus(ids, at, -1, last);
    // Elsewhere the arrows move the page.
    case 'ArrowDown':
      return at === undefined ? undefined : focus(ids, at, 1);
    case 'ArrowUp':
      return at === undefined ? undefined : focus(ids, at, -1);
    case 'o':
      return at === undefined ? undefined : { do: 'open', id: at };
    case 'x':
      return at === undefined ? undefined : { do: 'select', ids: toggled(selected, at) };
    case 'X':
      return { do: 'select', ids: new Set(ids.every((id) => selected.has(id)) ? [] : ids) };
    case 'a':
      if (selected.size > 0) return { do: 'take', ids: ids.filter((id) => selected.has(id)) };
      return at === undefined ? undefined : { do: 'take', ids: [at] };
    case 'Escape':
      return selected.size === 0 ? undefined : { do: 'select', ids: new Set() };
    case '/':
      return { do: 'search' };
    case '?':
      return { do: 'help' };
    default:
      return undefined;
  }
}

function focus(ids: readonly string[], at: string | undefined, by: 1 | -1, last?: number): QueueAct | undefined {
  const from = at === undefined ? -1 : ids.indexOf(at);
  const lost = last === undefined ? (by === 1 ? 0 : ids.length - 1) : by === 1 ? last : last - 1;
  const id = ids[Math.min(ids.length - 1, Math.max(0, from < 0 ? lost : from + by))];
  return id === undefined ? undefined : { do: 'focus', id };
}

export function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

type Pressed = Pick<KeyboardEvent, 'altKey' | 'ctrlKey' | 'metaKey' | 'defaultPrevented'>;

/** Whether a key is for the queue: not while somebody types, chooses, or answers a dialog. */
export function isForQueue(event: Pressed, target: Element | null): boolean {
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return false;
  if (target === null) return true;
  const elsewhere = '[role="dialog"], [role="menu"], [role="listbox"], [role="combobox"], [role="tablist"], [contenteditable="true"], textarea, select';
  if (target.closest(elsewhere) !== null) return false;
  const input = target.closest('input');
  return input === null || input.type === 'checkbox';
}
