import type { Categories, Category, Problem } from '@itechsmart/api';
import { useQuery } from '@tanstack/react-query';
import { catalog } from '#shared/session/session';

/** The categories of the tenant, in their order. */
export function useCategories() {
  return useQuery<Category[], Problem>({
    queryKey: ['catalog.categories'],
    queryFn: async ({ signal }) => (await catalog.get<Categories>('/categories', {}, signal)).items,
  });
}
