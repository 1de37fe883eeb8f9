import { auditedHub } from './audited';
import { AuditPage } from './AuditPage';

export default function HubAuditPage() {
  return <AuditPage of={auditedHub} />;
}
