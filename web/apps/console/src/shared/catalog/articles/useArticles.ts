/** Articles of the knowledge base, as their readers see them. */
import type { Article, ArticleSuggestions, FeedbackInput, Problem } from '@itechsmart/api';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCatalogObject } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';
import { useCan } from '#shared/session/useMe';
import { useSettled } from '#shared/ui/useSettled';

export const ARTICLES = 'catalog.articles';
const TEXT_CHARS_MAX = 500;
/** Shorter texts say nothing yet. */
const TEXT_CHARS_MIN = 3;

export const articlePath = (id: string): string => `/service-catalog/knowledge/${id}`;

export function useArticle(id: string, enabled = true) {
  return useCatalogObject<Article>([ARTICLES, id], `/articles/${id}`, { enabled });
}

/** What may be looked for by whoever has typed this, once they pause. */
export function useArticleSuggestions(typed: string) {
  const text = useSettled(typed).trim().slice(0, TEXT_CHARS_MAX);
  const may = useCan()('catalog.articles.read');
  const enabled = may && text.length >= TEXT_CHARS_MIN;
  const found = useQuery<ArticleSuggestions, Problem>({
    queryKey: [ARTICLES, 'suggestions', text],
    queryFn: ({ signal }) => catalog.get<ArticleSuggestions>('/article-suggestions', { text }, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
  return { items: enabled ? (found.data?.items ?? []) : [], error: found.error, isFetching: found.isFetching };
}

export function useFeedback(id: string) {
  return useChange((input: FeedbackInput) => catalog.post(`/articles/${id}/feedback`, input), [ARTICLES]);
}
