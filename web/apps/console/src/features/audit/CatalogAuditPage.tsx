import { auditedCatalog } from './audited';
import { AuditPage } from './AuditPage';

export default function CatalogAuditPage() {
  return <AuditPage of={auditedCatalog} />;
}
