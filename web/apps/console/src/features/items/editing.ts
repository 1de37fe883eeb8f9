/** What the parts of the editor share. */
import type { ItemContent, ItemVersion, NamedUser, Problem } from '@itechsmart/api';
import type { Names } from '#shared/catalog/words';
import { sentence } from '#shared/format/text';

export interface Editing {
  content: ItemContent;
  change: (step: (content: ItemContent) => ItemContent) => void;
  /** What is published now, whose keys programs know. */
  published: ItemVersion | undefined;
  names: Names;
  meet: (person: NamedUser) => void;
  /** What the server found at a place of the item, or below it. */
  fault: (pointer: string) => string | undefined;
}

export function faultAt(problem: Problem | null, pointer: string): string | undefined {
  const found = problem?.errors.find(({ field }) => field === pointer || field.startsWith(`${pointer}/`));
  return found && sentence(found.detail);
}

/** The keys that may not change any more. */
export const fixedKeys = (published: ItemVersion | undefined): ReadonlySet<string> =>
  new Set(published?.form.fields.map(({ key }) => key));

export const fixedTasks = (published: ItemVersion | undefined): ReadonlySet<string> =>
  new Set(published?.tasks.tasks.map(({ key }) => key));

/** The values of a published field's options, or of a column's. */
export function fixedOptions(published: ItemVersion | undefined, key: string, column?: string): ReadonlySet<string> {
  const field = published?.form.fields.find((each) => each.key === key);
  const kind = column === undefined ? field?.kind : field?.kind.type === 'table' ? field.kind.columns.find((each) => each.key === column)?.kind : undefined;
  return new Set(kind !== undefined && 'options' in kind ? kind.options.map(({ value }) => value) : []);
}

export function fixedColumns(published: ItemVersion | undefined, key: string): ReadonlySet<string> {
  const field = published?.form.fields.find((each) => each.key === key);
  return new Set(field?.kind.type === 'table' ? field.kind.columns.map((column) => column.key) : []);
}
