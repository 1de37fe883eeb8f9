/** Whose records are shown. Each service keeps a trail of its own and serves it at the same addresses. */
import type { AuditPaths, Client } from '@itechsmart/api';
import { auditPath } from '#shared/catalog/auditLink';
import { catalog, hub } from '#shared/session/session';

export interface Audited {
  /** What the keys of its queries begin with. */
  key: string;
  client: Client<AuditPaths>;
  /** Where its page is. */
  path: string;
  about: string;
  /** What some of its actions begin with. */
  example: string;
}

export const auditedHub: Audited = {
  key: 'audit',
  client: hub,
  path: '/hub/audit',
  about: 'Every change, by whom and when. What is anchored on the ledger can be proved to anyone.',
  example: 'hub.user.',
};

export const auditedCatalog: Audited = {
  key: 'catalog.audit',
  client: catalog,
  path: auditPath,
  about: 'Every change of the catalog and the desk, by whom and when. What is anchored on the ledger can be proved to anyone.',
  example: 'service-catalog.ticket.',
};
