/** Where the audit trail of the catalog is. */
export const auditPath = '/service-catalog/audit';

/** Where the records are of one request, ticket or the like: for those with `catalog.audit.read`. */
export function auditLink(id: string): string {
  return `${auditPath}?${new URLSearchParams({ subject: id }).toString()}`;
}
