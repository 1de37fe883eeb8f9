import type { Article, ArticleCategories, ArticleContent, ArticleFeedback, ArticleSummary, ArticleVersion, Problem, Query } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { useCatalogObject, useCatalogPages } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { ARTICLES } from '#shared/catalog/articles/useArticles';
import { catalog } from '#shared/session/session';

export function useArticles(query: Query) {
  return useCatalogPages<ArticleSummary>([ARTICLES, 'list'], '/articles', query);
}

export function useArticleCategories() {
  return useCatalogObject<ArticleCategories>([ARTICLES, 'categories'], '/article-categories');
}

export function useFeedbackPages(id: string) {
  return useCatalogPages<ArticleFeedback>([ARTICLES, id, 'feedback'], `/articles/${id}/feedback`);
}

/** A version as it was published; it never changes. */
export function useArticleVersion(id: string, number: number) {
  return useQuery<ArticleVersion, Problem>({
    queryKey: ['catalog.article-versions', id, number],
    queryFn: ({ signal }) => catalog.get<ArticleVersion>(`/articles/${id}/versions/${number}`, {}, signal),
    staleTime: Infinity,
  });
}

export function useWriteArticle() {
  return useChange((content: ArticleContent) => catalog.post<Article>('/articles', content), [ARTICLES]);
}

export function useArticleChanges(id: string, etag: string | undefined) {
  const path = `/articles/${id}` as const;
  return {
    draft: useChange((content: ArticleContent) => catalog.put<Article>(`${path}/draft`, content, etag), [ARTICLES]),
    publish: useChange(() => catalog.post<Article>(`${path}/publish`, {}, etag), [ARTICLES]),
    withdraw: useChange(() => catalog.post<Article>(`${path}/withdraw`, {}, etag), [ARTICLES]),
  };
}
