/** A review as it is written: its sections by their keys, and its actions. */
import type { NamedUser, Review, ReviewActionState, ReviewInput } from '@itechsmart/api';
import { GONE_PERSON } from '#shared/catalog/words';

export interface ActionDraft {
  text: string;
  owner: NamedUser | null;
  due_on: string;
  state: ReviewActionState;
}

export interface ReviewDraft {
  texts: Record<string, string>;
  actions: ActionDraft[];
}

export const actionStates: Record<ReviewActionState, { word: string; tone: 'info' | 'success' | 'neutral' }> = {
  open: { word: 'Open', tone: 'info' },
  done: { word: 'Done', tone: 'success' },
  dropped: { word: 'Dropped', tone: 'neutral' },
};

export function toDraft({ sections, actions }: Review): ReviewDraft {
  return {
    texts: Object.fromEntries(sections.map(({ key, text }) => [key, text])),
    actions: actions.map(({ text, owner, due_on, state }) => ({ text, owner: { id: owner.id, name: owner.name ?? GONE_PERSON }, due_on, state })),
  };
}

/** Where an action is not whole yet, what it lacks. */
export function lacking({ text, owner, due_on }: ActionDraft): string | undefined {
  if (text.trim() === '') return 'Say what is to be done.';
  if (owner === null) return 'Say who does it.';
  return due_on === '' ? 'Say by when.' : undefined;
}

export function toInput({ texts, actions }: ReviewDraft): ReviewInput {
  return {
    sections: Object.entries(texts).map(([key, text]) => ({ key, text })),
    actions: actions.map(({ text, owner, due_on, state }) => ({ text, owner_id: owner?.id ?? '', due_on, state })),
  };
}

/** Required sections that say nothing yet, by their titles. */
export function unwritten({ sections }: Pick<Review, 'sections'>, { texts }: ReviewDraft): string[] {
  return sections.filter(({ key, is_required }) => is_required && (texts[key] ?? '').trim() === '').map(({ title }) => title);
}
