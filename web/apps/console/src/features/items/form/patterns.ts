/** What a text has to look like: one of ours, or one that somebody wrote. */
import type { FieldKind } from '@itechsmart/api';
import { presetOf, presets } from '#shared/catalog/form/patterns';

export type TextKindOf = Extract<FieldKind, { type: 'text' }>;
export type Pattern = NonNullable<TextKindOf['pattern']>;

export const ANYTHING = 'anything';
export const OWN = 'own';

/** Of a regular expression, in characters; so the server has it. */
export const SOURCE_CHARS_MAX = 500;
export const HINT_CHARS_MAX = 500;

/** Somewhere to begin from. */
const example: Pattern = { source: '[A-Z]{2}-[0-9]{4}', hint: 'Write a code such as AB-1234.' };

/** The title of a preset, one's own, or none. */
export function choiceOf(pattern: Pattern | null | undefined): string {
  if (pattern == null) return ANYTHING;
  return presetOf(pattern)?.title ?? OWN;
}

export function chosen(choice: string): Pattern | null {
  if (choice === OWN) return example;
  const preset = presets.find(({ title }) => title === choice);
  return preset === undefined ? null : { source: preset.source, hint: preset.hint };
}

/** Without anything to match it is none: an empty one would refuse every answer. */
export function written(pattern: Pattern): Pattern | null {
  return pattern.source === '' ? null : pattern;
}
