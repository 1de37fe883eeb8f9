/**
 * Hub's API as the console speaks it: the shapes of `api/hub.json`, under short names.
 *
 * The one file of the console that names a shape of the API. `npm run gen` writes `schema.ts` from
 * the OpenAPI document; these names then become aliases of it.
 */

export type Id = string;
/** RFC 3339, UTC. */
export type Timestamp = string;

export interface Page<T> {
  items: T[];
  next?: string | null;
}

export interface Named {
  id: Id;
  name: string;
}

/* Identity */

export interface TenantRef extends Named {
  slug: string;
  is_platform: boolean;
}

export interface Grant {
  access_token: string;
  expires_in_s: number;
  tenant: TenantRef;
}

export type SecondFactorMethod = 'totp' | 'recovery_code';

export interface Challenge {
  challenge: string;
  methods: SecondFactorMethod[];
  expires_in_s: number;
}

export interface Setup {
  token: string;
  email: string;
  name: string;
  password: string;
  tenant_name: string;
}

export interface InvitationLook {
  email: string;
  tenant_name: string;
  new_person: boolean;
}

export interface Me {
  id: Id;
  email: string;
  email_verified: boolean;
  name: string;
  locale?: string | null;
  tenant: TenantRef;
  tenants: TenantRef[];
  permissions: string[];
  totp_enabled: boolean;
  recovery_codes_left: number;
  created_at: Timestamp;
  password_changed_at?: Timestamp | null;
}

export interface LoginSession {
  id: Id;
  current: boolean;
  created_at: Timestamp;
  last_used_at: Timestamp;
  address: string;
  user_agent: string;
}

export interface TotpSecret {
  secret: string;
  otpauth_uri: string;
}

export interface RecoveryCodes {
  recovery_codes: string[];
}

export interface Notification {
  id: Id;
  at: Timestamp;
  title: string;
  body: string;
  link?: string | null;
  read_at?: Timestamp | null;
}

/* Tenancy */

export type Health = 'ok' | 'not_configured' | 'degraded' | 'down';

export interface Checked {
  status: Health;
  detail?: string | null;
}

export interface ServiceHealth {
  name: string;
  title: string;
  version: string;
  status: Health;
  instances: number;
  last_heartbeat_at?: Timestamp | null;
  checks: Record<string, Checked>;
}

export interface LedgerHealth {
  status: Health;
  height?: number | null;
  chain_id?: string | null;
  notary?: string | null;
  waiting_records: number;
  last_anchor_height?: number | null;
  last_anchor_at?: Timestamp | null;
}

export interface Overview {
  services: ServiceHealth[];
  ledger: LedgerHealth;
  counts: { users: number; groups: number; api_keys: number; audit_records_today: number };
}

export type TenantState = 'active' | 'suspended' | 'deleting';

export interface Tenant extends TenantRef {
  state: TenantState;
  delete_at?: Timestamp | null;
  created_at: Timestamp;
  users: number;
  version: number;
}

/** A tenant to be made, and who is invited to administer it. */
export interface NewTenant {
  name: string;
  administrator_email: string;
  administrator_name: string;
}

export interface TenantSettings {
  /** Whom members ask when something does not work. */
  support_contact?: string | null;
}

export interface OwnTenant extends TenantRef {
  created_at: Timestamp;
  users: number;
  settings: TenantSettings;
  version: number;
}

export interface OwnTenantChange {
  name?: string;
  settings?: TenantSettings;
}

export type UserState = 'invited' | 'active' | 'disabled' | 'locked';

export interface User {
  id: Id;
  email: string;
  name: string;
  state: UserState;
  roles: Named[];
  groups: Named[];
  totp_enabled: boolean;
  last_login_at?: Timestamp | null;
  created_at: Timestamp;
  version: number;
}

export interface NewUser {
  email: string;
  name: string;
  role_ids: Id[];
  group_ids: Id[];
}

export interface Group {
  id: Id;
  name: string;
  description: string;
  roles: Named[];
  members: number;
  created_at: Timestamp;
  version: number;
}

export interface GroupInput {
  name: string;
  description: string;
  role_ids: Id[];
}

export interface Role {
  id: Id;
  name: string;
  description: string;
  permissions: string[];
  is_builtin: boolean;
  created_at: Timestamp;
  version: number;
}

export interface RoleInput {
  name: string;
  description: string;
  permissions: string[];
}

export interface PermissionInfo {
  name: string;
  allows: string;
  service: string;
  reach: 'tenant' | 'platform';
}

export type ApiKeyState = 'active' | 'expired' | 'revoked';

export interface ApiKey {
  id: Id;
  name: string;
  /** What the key begins with after `itk_`. */
  prefix: string;
  permissions: string[];
  created_at: Timestamp;
  created_by: string;
  expires_at?: Timestamp | null;
  last_used_at?: Timestamp | null;
  revoked_at?: Timestamp | null;
  /** Until when the key before the last rotation works. */
  previous_until?: Timestamp | null;
  state: ApiKeyState;
  version: number;
}

export interface NewApiKey {
  name: string;
  permissions: string[];
  expires_at?: Timestamp;
}

export type ApiKeyWithSecret = ApiKey & { key: string };

/* Events */

export interface HubEvent {
  id: Id;
  name: string;
  tenant_id: Id;
  /** Milliseconds since 1970, UTC. */
  at_ms: number;
  subject: string;
  data: unknown;
}

export interface Webhook {
  id: Id;
  url: string;
  patterns: string[];
  enabled: boolean;
  created_at: Timestamp;
  version: number;
}

export interface WebhookInput {
  url: string;
  patterns: string[];
  enabled: boolean;
}

export type WebhookWithSecret = Webhook & { secret: string };

export type DeliveryState = 'waiting' | 'delivered' | 'failed';

export interface Delivery {
  id: Id;
  event_id: Id;
  event_name: string;
  state: DeliveryState;
  attempts: number;
  status?: number | null;
  error?: string | null;
  created_at: Timestamp;
  delivered_at?: Timestamp | null;
  next_attempt_at?: Timestamp | null;
}

export interface Flag {
  name: string;
  enabled: boolean;
  description: string;
  /** How it stands where nobody switches it. */
  default: boolean;
}

/* Audit */

export type AuditState = 'recorded' | 'sealed' | 'anchored';

/** The stretch of the chain that is notarised with a record. */
export interface AuditAnchor {
  first_position: number;
  last_position: number;
  digest: string;
  transaction_id?: string | null;
  height?: number | null;
  block_time?: Timestamp | null;
}

export interface AuditRecord {
  id: Id;
  at: Timestamp;
  actor: { kind: string; id: string; name: string };
  address: string;
  request_id: string;
  action: string;
  subject: { kind: string; id: string };
  detail: unknown;
  state: AuditState;
  position?: number | null;
  chain_hash?: string | null;
  anchor?: AuditAnchor | null;
}

export interface AuditFilter {
  text?: string | undefined;
  action?: string | undefined;
  actor?: string | undefined;
  subject?: string | undefined;
  from?: Timestamp | undefined;
  to?: Timestamp | undefined;
}

export interface AuditStatus {
  recorded: number;
  sealed: number;
  anchored: number;
  anchored_height?: number | null;
  anchored_at?: Timestamp | null;
  waiting_since?: Timestamp | null;
  ledger: {
    state: 'not_configured' | 'ok' | 'waiting';
    notary?: string | null;
    error?: string | null;
    error_since?: Timestamp | null;
  };
}
