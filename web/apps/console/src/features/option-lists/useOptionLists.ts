import type { OptionList, OptionListInput } from '@itechsmart/api';
import { useCatalogObject, useCatalogPages } from '#shared/api/useCatalog';
import { useChange } from '#shared/api/useChange';
import { catalog } from '#shared/session/session';

const KEY = 'catalog.option-lists';

export function useOptionListPages() {
  return useCatalogPages<OptionList>([KEY, 'list'], '/option-lists');
}

export function useOptionList(id: string) {
  return useCatalogObject<OptionList>([KEY, id], `/option-lists/${id}`);
}

export function useMakeOptionList() {
  return useChange((input: OptionListInput) => catalog.post<OptionList>('/option-lists', input), [KEY]);
}

export function useOptionListChanges(id: string, etag: string | undefined) {
  return {
    change: useChange((input: OptionListInput) => catalog.put<OptionList>(`/option-lists/${id}`, input, etag), [KEY]),
    remove: useChange(() => catalog.delete(`/option-lists/${id}`, etag), [KEY]),
  };
}
