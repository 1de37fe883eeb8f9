/** What a caller may do. The server decides; the console only hides what would be refused. */

export type Permission =
  | 'hub.overview.read'
  | 'hub.people.read'
  | 'hub.users.read'
  | 'hub.users.write'
  | 'hub.groups.read'
  | 'hub.groups.write'
  | 'hub.roles.read'
  | 'hub.roles.write'
  | 'hub.tenant.read'
  | 'hub.tenant.write'
  | 'hub.tenants.read'
  | 'hub.tenants.write'
  | 'hub.api-keys.read'
  | 'hub.api-keys.write'
  | 'hub.audit.read'
  | 'hub.events.read'
  | 'hub.webhooks.read'
  | 'hub.webhooks.write'
  | 'hub.flags.read'
  | 'hub.flags.write'
  | 'catalog.items.read'
  | 'catalog.items.write'
  | 'catalog.cost-centres.read'
  | 'catalog.cost-centres.write'
  | 'catalog.requests.read'
  | 'catalog.requests.write'
  | 'catalog.all-requests.read'
  | 'catalog.approvals.write'
  | 'catalog.tasks.write'
  | 'catalog.tickets.read'
  | 'catalog.tickets.write'
  | 'catalog.all-tickets.read'
  | 'catalog.all-tickets.write'
  | 'catalog.desk.lead'
  | 'catalog.canned-answers.write'
  | 'catalog.major-incidents.read'
  | 'catalog.major-incidents.write'
  | 'catalog.review-template.write'
  | 'catalog.status-page.write'
  | 'catalog.problems.read'
  | 'catalog.problems.write'
  | 'catalog.articles.read'
  | 'catalog.articles.write'
  | 'catalog.measures.read'
  | 'catalog.audit.read'
  | 'catalog.mail-settings.write'
  | 'catalog.files.read'
  | 'catalog.files.write'
  | 'catalog.all-tasks.write'
  | 'catalog.calendars.read'
  | 'catalog.calendars.write'
  | 'catalog.service-levels.read'
  | 'catalog.service-levels.write'
  | 'catalog.escalation-ladders.read'
  | 'catalog.escalation-ladders.write';

export type Can = (permission: Permission) => boolean;

export function can(held: readonly string[]): Can {
  const set = new Set(held);
  return (permission) => set.has(permission);
}

/** A permission, or any of several. */
export type Need = Permission | readonly Permission[];

/** What of `wanted` is missing from `held`. */
export function missing(held: readonly string[], wanted: readonly Need[]): Need[] {
  const may = can(held);
  return wanted.filter((need) => !(typeof need === 'string' ? may(need) : need.some(may)));
}
