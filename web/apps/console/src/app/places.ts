/** Where one can go: the side navigation and the command palette are made of this. */
import {
  Activity,
  BookOpen,
  Bug,
  Building2,
  CalendarClock,
  ChartColumn,
  CircleUserRound,
  ClipboardList,
  Coins,
  Flame,
  FolderKey,
  FolderTree,
  Gauge,
  Headset,
  Inbox,
  KeyRound,
  LifeBuoy,
  ListChecks,
  ListPlus,
  MailQuestionMark,
  Mails,
  MessageSquareQuote,
  PackageSearch,
  RadioTower,
  Settings,
  ShieldCheck,
  Siren,
  SquareCheckBig,
  SquarePen,
  Timer,
  UserRound,
  UsersRound,
  Webhook,
  type LucideIcon,
} from 'lucide-react';
import type { Can, Permission } from '#shared/session/permissions';
import type { ProductWithPages } from './products';

export interface Place {
  title: string;
  to: string;
  icon: LucideIcon;
  needs?: Permission;
  /** Who has this goes there by another place. */
  unless?: Permission;
  /** Other words that people look for it by. */
  words?: string;
}

export interface PlaceGroup {
  title?: string;
  places: Place[];
}

const hub: readonly PlaceGroup[] = [
  {
    places: [
      { title: 'Overview', to: '/hub/overview', icon: Gauge, needs: 'hub.overview.read', words: 'health services ledger home' },
    ],
  },
  {
    title: 'People',
    places: [
      { title: 'Users', to: '/hub/users', icon: UserRound, needs: 'hub.users.read', words: 'people members accounts invite' },
      { title: 'Groups', to: '/hub/groups', icon: UsersRound, needs: 'hub.groups.read', words: 'teams' },
      { title: 'Roles', to: '/hub/roles', icon: FolderKey, needs: 'hub.roles.read', words: 'permissions access matrix' },
    ],
  },
  {
    title: 'Trail',
    places: [
      { title: 'Audit log', to: '/hub/audit', icon: ShieldCheck, needs: 'hub.audit.read', words: 'records proof ledger verify history' },
      { title: 'Events', to: '/hub/events', icon: Activity, needs: 'hub.events.read', words: 'stream live' },
    ],
  },
  {
    title: 'Integration',
    places: [
      { title: 'API keys', to: '/hub/api-keys', icon: KeyRound, needs: 'hub.api-keys.read', words: 'tokens secrets' },
      { title: 'Webhooks', to: '/hub/webhooks', icon: Webhook, needs: 'hub.webhooks.read', words: 'deliveries hooks' },
    ],
  },
  {
    title: 'Administration',
    places: [
      { title: 'Settings', to: '/hub/settings', icon: Settings, needs: 'hub.tenant.read', words: 'tenant name flags features' },
      { title: 'Tenants', to: '/hub/tenants', icon: Building2, needs: 'hub.tenants.read', words: 'companies platform' },
    ],
  },
];

const catalog: readonly PlaceGroup[] = [
  {
    places: [
      { title: 'Catalog', to: '/service-catalog/browse', icon: PackageSearch, needs: 'catalog.items.read', words: 'portal services items order ask shop' },
      { title: 'My requests', to: '/service-catalog/requests', icon: ClipboardList, needs: 'catalog.requests.read', words: 'orders track status' },
      { title: 'My tickets', to: '/service-catalog/tickets', icon: LifeBuoy, needs: 'catalog.tickets.read', words: 'help problem report incident question support' },
      { title: 'Knowledge base', to: '/service-catalog/knowledge', icon: BookOpen, needs: 'catalog.articles.read', words: 'articles help guides how to answers faq' },
      { title: 'My tasks', to: '/service-catalog/tasks', icon: SquareCheckBig, needs: 'catalog.tasks.write', words: 'work to do fulfilment queue' },
      { title: 'All tasks', to: '/service-catalog/tasks', icon: SquareCheckBig, needs: 'catalog.all-tasks.write', unless: 'catalog.tasks.write', words: 'work fulfilment failed automation' },
      { title: 'Approvals', to: '/service-catalog/approvals', icon: ListChecks, needs: 'catalog.requests.read', words: 'decide approve reject delegation delegate' },
    ],
  },
  {
    title: 'Desk',
    places: [
      { title: 'Queue', to: '/service-catalog/desk', icon: Headset, needs: 'catalog.all-tickets.read', words: 'tickets agent workspace incidents service desk' },
      { title: 'Held e-mail', to: '/service-catalog/mail', icon: MailQuestionMark, needs: 'catalog.all-tickets.read', words: 'quarantine messages spam unknown senders accept discard' },
      { title: 'Major incidents', to: '/service-catalog/major-incidents', icon: Flame, needs: 'catalog.major-incidents.read', words: 'outage commander war room status update review post mortem' },
      { title: 'Status page', to: '/service-catalog/status-page', icon: RadioTower, needs: 'catalog.status-page.write', words: 'public components maintenance uptime announcement' },
      { title: 'Problems', to: '/service-catalog/problems', icon: Bug, needs: 'catalog.problems.read', words: 'known errors root cause workaround' },
      { title: 'Canned answers', to: '/service-catalog/canned-answers', icon: MessageSquareQuote, needs: 'catalog.canned-answers.write', words: 'templates macros snippets replies texts' },
      { title: 'Measures', to: '/service-catalog/measures', icon: ChartColumn, needs: 'catalog.measures.read', words: 'reports metrics kpi statistics sla compliance backlog spend csv excel' },
      { title: 'Service levels', to: '/service-catalog/service-levels', icon: Timer, needs: 'catalog.service-levels.read', words: 'sla ola targets priorities matrix tiers groups' },
      { title: 'Escalation', to: '/service-catalog/escalation', icon: Siren, needs: 'catalog.escalation-ladders.read', words: 'ladders on call levels' },
      { title: 'Calendars', to: '/service-catalog/calendars', icon: CalendarClock, needs: 'catalog.calendars.read', words: 'business hours holidays opening time zone' },
      { title: 'E-mail', to: '/service-catalog/mail-settings', icon: Mails, needs: 'catalog.mail-settings.write', words: 'address inbound mail server postfix settings senders' },
    ],
  },
  {
    title: 'Trail',
    places: [
      { title: 'Audit log', to: '/service-catalog/audit', icon: ShieldCheck, needs: 'catalog.audit.read', words: 'records proof ledger verify history' },
    ],
  },
  {
    title: 'Administration',
    places: [
      { title: 'All requests', to: '/service-catalog/all-requests', icon: Inbox, needs: 'catalog.all-requests.read', words: 'everybody orders' },
      { title: 'Items', to: '/service-catalog/items', icon: SquarePen, needs: 'catalog.items.write', words: 'catalog form approval builder publish bundle' },
      { title: 'Categories', to: '/service-catalog/categories', icon: FolderTree, needs: 'catalog.items.write', words: 'order sort' },
      { title: 'Option lists', to: '/service-catalog/option-lists', icon: ListPlus, needs: 'catalog.items.write', words: 'choices values form sites rooms csv' },
      { title: 'Cost centres', to: '/service-catalog/cost-centres', icon: Coins, needs: 'catalog.cost-centres.write', words: 'budget owner charge' },
    ],
  },
];

const groups: Record<ProductWithPages, readonly PlaceGroup[]> = { hub, 'service-catalog': catalog };

export const profile: Place = {
  title: 'Profile and security',
  to: '/profile',
  icon: CircleUserRound,
  words: 'password second factor totp sessions e-mail me account',
};

/** The places of a product that the caller may open. */
export function reachable(product: ProductWithPages, can: Can): PlaceGroup[] {
  return groups[product]
    .map((group) => ({
      ...group,
      places: group.places.filter(({ needs, unless }) => (needs === undefined || can(needs)) && (unless === undefined || !can(unless))),
    }))
    .filter((group) => group.places.length > 0);
}
