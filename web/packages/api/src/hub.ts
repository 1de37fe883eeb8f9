/**
 * Hub's API as the console speaks it: the shapes of `api/hub.json`, under short names.
 *
 * `npm run gen` writes `schema/hub.ts` from the OpenAPI document, and every name here is an alias of what
 * is there: where the server changes, the console does not compile until it follows.
 */
import type { components, operations, paths } from './schema/hub';
import type { Paths } from './paths';

type Schemas = components['schemas'];

export type Named = Schemas['NamedRole'];

export type Page<T> = Omit<Schemas['Page_User'], 'items'> & { items: T[] };

/* Identity */

export type TenantRef = Schemas['TenantName'];
export type Grant = Schemas['SessionView'];
export type Challenge = Schemas['ChallengeView'];
export type SecondFactorMethod = Schemas['FactorMethod'];
export type Setup = Schemas['SetupRequest'];
export type SetupNeeded = Schemas['SetupNeeded'];
export type InvitationLook = Schemas['InvitationView'];
export type Me = Schemas['Me'];
export type EmailChange = Schemas['EmailChange'];
export type PasswordChange = Schemas['PasswordChange'];
export type LoginSession = Schemas['MySession'];
export type Notification = Schemas['Notification'];
/** Some of them, and how many of all are unread. */
export type Notifications = Schemas['Notifications'];
export type TotpSecret = Schemas['TotpSetup'];
export type RecoveryCodes = Schemas['RecoveryCodes'];

/* Tenancy */

export type Health = Schemas['Status'];
export type Checked = Schemas['Checked'];
export type ServiceStatus = Schemas['ServiceStatus'];
export type ServiceHealth = Schemas['Service'];
export type LedgerHealth = Schemas['LedgerSummary'];
export type Overview = Schemas['Overview'];
export type TenantState = Schemas['TenantState'];
export type Tenant = Schemas['Tenant'];
/** A tenant to be made, and who is invited to administer it. */
export type NewTenant = Schemas['NewTenantRequest'];
export type OwnTenant = Schemas['OwnTenant'];
export type TenantChange = Schemas['TenantChangeRequest'];
export type OwnTenantChange = Schemas['OwnTenantChangeRequest'];
export type UserChange = Schemas['UserChangeRequest'];
export type UserState = Schemas['UserState'];
export type User = Schemas['User'];
export type NamedUser = Schemas['NamedUser'];
export type Person = Schemas['Person'];
export type NewUser = Schemas['InvitationRequest'];
export type Group = Schemas['Group'];
export type GroupMembers = Schemas['GroupMembers'];
export type GroupInput = Required<Schemas['NewGroupRequest']>;
export type Role = Schemas['Role'];
export type RoleInput = Required<Schemas['NewRoleRequest']>;
export type PermissionInfo = Schemas['Permission'];
export type ApiKeyState = Schemas['ApiKeyState'];
export type ApiKey = Schemas['ApiKey'];
export type NewApiKey = Schemas['NewApiKeyRequest'];
export type ApiKeyWithSecret = Schemas['NewApiKey'];

export type Rotation = Required<Schemas['RotationRequest']>;

/* Events */

export type HubEvent = Schemas['Event'];
export type Webhook = Schemas['Webhook'];
export type WebhookInput = Required<Schemas['NewWebhookRequest']>;
export type WebhookWithSecret = Schemas['NewWebhook'];
export type DeliveryState = Schemas['DeliveryState'];
export type Delivery = Schemas['WebhookDelivery'];
export type Flag = Schemas['Flag'];

/* Audit */

export type AuditRecord = Schemas['AuditRecord'];
export type AuditStatus = Schemas['AuditStatus'];
/** What a search or an export of records is narrowed to. */
export type AuditFilter = Undefinable<Omit<Parameters<'list_audit_records'>, 'limit' | 'cursor'>>;

/* Addresses */

type Parameters<Name extends keyof operations> = NonNullable<operations[Name]['parameters']['query']>;
type Undefinable<T> = { [Key in keyof T]: T[Key] | undefined };

/** What can be called, by method. */
export type HubPaths = Paths<paths, '/api/v1/hub'>;
/** Those of the audit trail: each service has them for its own. */
export type AuditPaths = { [M in keyof HubPaths]: Extract<HubPaths[M], `/audit/${string}`> };
