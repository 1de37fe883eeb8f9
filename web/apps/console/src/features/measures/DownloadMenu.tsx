import type { CatalogPaths, Query } from '@itechsmart/api';
import { catalog } from '#shared/session/session';
import { DownloadMenu as Menu } from '#shared/ui/DownloadMenu';

const formats = [
  { format: 'csv', title: 'CSV', about: 'For any program' },
  { format: 'xlsx', title: 'Excel (XLSX)', about: 'For spreadsheets' },
] as const;

/** What is shown, as a file, with times in hours. */
export function DownloadMenu({ path, query }: { path: CatalogPaths['get']; query: Query }) {
  return <Menu title="Download" formats={formats} name="measures" download={(format) => catalog.download(path, { ...query, format })} />;
}
