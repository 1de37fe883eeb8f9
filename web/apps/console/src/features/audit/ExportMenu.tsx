import type { AuditFilter } from '@itechsmart/api';
import { DownloadMenu } from '#shared/ui/DownloadMenu';
import type { Audited } from './audited';

const formats = [
  { format: 'csv', title: 'CSV', about: 'For spreadsheets' },
  { format: 'jsonl', title: 'JSON Lines', about: 'For programs: one record a line' },
] as const;

/** All records that the filter lets through, as a file. */
export function ExportMenu({ of, filter }: { of: Audited; filter: AuditFilter }) {
  return <DownloadMenu title="Export" formats={formats} name="audit" download={(format) => of.client.download('/audit/export', { ...filter, format })} />;
}
