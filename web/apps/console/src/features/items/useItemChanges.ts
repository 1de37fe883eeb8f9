import type { Item, ItemContent } from '@itechsmart/api';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const touches = ['catalog.items'];

export function useCreateItem() {
  return useChange((content: ItemContent) => catalog.post<Item>('/items', content), touches);
}

/** Each names the version of the item that it is based on. */
export function useItemChanges(id: string) {
  const path = `/items/${id}` as const;
  return {
    draft: useChange(({ content, version }: { content: ItemContent; version: number }) => catalog.put<Item>(`${path}/draft`, content, version), touches),
    publish: useChange((version: number) => catalog.post<Item>(`${path}/publish`, {}, version), touches),
    withdraw: useChange((version: number) => catalog.post<Item>(`${path}/withdraw`, {}, version), touches),
  };
}
