/** What the command palette offers, and what it finds. */
import type { LucideIcon } from 'lucide-react';

export interface Command {
  id: string;
  title: string;
  /** A product, or a kind. */
  group: string;
  icon: LucideIcon;
  /** Other words that people look for it by. */
  words?: string | undefined;
  run: () => void;
}

/**
 * The commands that have every word of `typed`: titles that begin with it first, then words of a
 * title that do, then the rest, otherwise in the order given.
 */
export function find<C extends Pick<Command, 'title' | 'words'>>(commands: readonly C[], typed: string): C[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...commands];
  return commands
    .map((command, order) => ({ command, order, rank: rank(command, words) }))
    .filter(({ rank }) => rank !== undefined)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.order - b.order)
    .map(({ command }) => command);
}

function rank({ title, words = '' }: Pick<Command, 'title' | 'words'>, typed: readonly string[]) {
  const name = fold(title);
  const all = `${name} ${fold(words)}`;
  if (!typed.every((word) => all.includes(word))) return undefined;
  const first = typed[0] ?? '';
  if (name.startsWith(first)) return 0;
  if (name.includes(` ${first}`)) return 1;
  return name.includes(first) ? 2 : 3;
}

/** Without case and accents. */
function fold(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
}
