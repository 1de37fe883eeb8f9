import type { AuditFilter } from '@itechsmart/api';
import { hub } from '#shared/session/session';
import { DownloadMenu } from '#shared/ui/DownloadMenu';

const formats = [
  { format: 'csv', title: 'CSV', about: 'For spreadsheets' },
  { format: 'jsonl', title: 'JSON Lines', about: 'For programs: one record a line' },
] as const;

/** All records that the filter lets through, as a file. */
export function ExportMenu({ filter }: { filter: AuditFilter }) {
  return <DownloadMenu title="Export" formats={formats} name="audit" download={(format) => hub.download('/audit/export', { ...filter, format })} />;
}
