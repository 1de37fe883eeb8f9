/** Reads of the Service Catalog's API. Their keys begin with `catalog.`. */
import type { CatalogPaths, Query } from '@itechsmart/api';
import { catalog } from '#shared/session/session';
import { useAllOf } from './useAll';
import { useObjectOf } from './useObject';
import { usePagesOf, type PagesOptions } from './usePages';

type Path = CatalogPaths['get'];

export function useCatalogObject<T>(key: readonly unknown[], path: Path, options: { enabled?: boolean; refetchInterval?: number | false } = {}) {
  return useObjectOf<T, CatalogPaths>(catalog, key, path, options);
}

export function useCatalogPages<T>(key: readonly unknown[], path: Path, query: Query = {}, options: PagesOptions = {}) {
  return usePagesOf<T, CatalogPaths>(catalog, key, path, query, options);
}

export function useCatalogAll<T>(key: readonly unknown[], path: Path, enabled = true) {
  return useAllOf<T, CatalogPaths>(catalog, key, path, enabled);
}
