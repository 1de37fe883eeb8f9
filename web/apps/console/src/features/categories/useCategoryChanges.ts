import type { Categories, Category, CategoryInput } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const touches = ['catalog.categories'];

interface Versioned {
  id: string;
  version: number;
}

export function useCategoryChanges() {
  return {
    create: useChange((input: CategoryInput) => catalog.post<Category>('/categories', input), touches),
    change: useChange(
      ({ id, version, input }: Versioned & { input: CategoryInput }) => catalog.put<Category>(`/categories/${id}`, input, version),
      touches,
    ),
    remove: useChange(({ id, version }: Versioned) => catalog.delete(`/categories/${id}`, version), touches),
    order: useChange((ids: string[]) => catalog.put<Categories>('/category-order', { ids }), touches),
  };
}
