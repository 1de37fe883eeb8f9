/** What an article says, as it is written, and where it stands. */
import type { Article, ArticleContent, ArticleSummary, ArticleVisibility } from '@itechsmart/api';
import type { Tone } from '#shared/ui/State';

export const nothing: ArticleContent = { title: '', body: '', category: '', visibility: 'everybody' };

/** What is edited: the draft, or what is published. */
export function written({ draft, content }: Pick<Article, 'draft' | 'content'>): ArticleContent {
  return { ...nothing, ...(draft ?? content ?? {}) };
}

export function articleState({ is_published, published_number, draft_title }: Pick<ArticleSummary, 'is_published' | 'published_number' | 'draft_title'>): { tone: Tone; word: string } {
  if (is_published) return draft_title == null ? { tone: 'success', word: 'Published' } : { tone: 'warning', word: 'Published, with a draft' };
  return published_number === 0 ? { tone: 'info', word: 'Draft' } : { tone: 'neutral', word: 'Withdrawn' };
}

export type Readers = 'everybody' | 'agents' | 'groups';

export const readers: Record<Readers, { title: string; about: string }> = {
  everybody: { title: 'Everybody', about: 'All who belong to the tenant read it.' },
  agents: { title: 'Agents', about: 'Those read it who see everybody’s tickets.' },
  groups: { title: 'Groups', about: 'Members of these groups read it, and whoever writes articles.' },
};

export const readersOf = (visibility: ArticleVisibility): Readers => (typeof visibility === 'string' ? visibility : 'groups');

export const groupsOf = (visibility: ArticleVisibility): string[] => (typeof visibility === 'string' ? [] : visibility.groups);

export function isWhole({ title, body, category, visibility }: ArticleContent): boolean {
  const named = readersOf(visibility) !== 'groups' || groupsOf(visibility).length > 0;
  return [title, body, category].every((text) => text.trim() !== '') && named;
}
