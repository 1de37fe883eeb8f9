/** Every page and its path. A page is fetched when it is opened. */
import { createBrowserRouter, type RouteObject } from 'react-router';
import { Guard } from '#shared/session/Guard';
import type { Need } from '#shared/session/permissions';
import { Crash } from './Crash';
import { AbsentProduct } from './AbsentProduct';
import { NotFound } from './NotFound';
import { hasPages, products } from './products';
import { PublicFrame } from './PublicFrame';
import { SignedIn } from './SignedIn';
import { Start } from './Start';

type Loader = () => Promise<{ default: React.ComponentType }>;

function page(path: string, load: Loader, ...needs: Need[]): RouteObject {
  return {
    path,
    lazy: async () => {
      const { default: Content } = await load();
      return {
        Component: () => (
          <Guard needs={needs}>
            <Content />
          </Guard>
        ),
      };
    },
  };
}

function open(path: string, load: Loader): RouteObject {
  return { path, lazy: async () => ({ Component: (await load()).default }) };
}

export const router = createBrowserRouter([
  {
    ErrorBoundary: Crash,
    HydrateFallback: () => null,
    children: [
      {
        element: <PublicFrame />,
        children: [
          open('/setup', () => import('#features/setup/SetupPage')),
          open('/login', () => import('#features/login/LoginPage')),
          open('/forgot', () => import('#features/password/ForgotPage')),
          open('/reset', () => import('#features/password/ResetPage')),
          open('/accept', () => import('#features/invitation/InvitationPage')),
          open('/decide', () => import('#features/decide/DecidePage')),
          open('/verify', () => import('#features/email/VerifyEmailPage')),
        ],
      },
      {
        element: <PublicFrame wide />,
        children: [open('/status/:slug', () => import('#features/status/StatusPage'))],
      },
      {
        Component: SignedIn,
        children: [
          {
            ErrorBoundary: Crash,
            children: [
              { index: true, Component: Start },
              ...products
                .filter(({ service }) => hasPages(service))
                .map(({ service }) => ({ path: `/${service}`, Component: Start })),
              ...products
                .filter(({ service }) => !hasPages(service))
                .map((product) => ({ path: `/${product.service}`, element: <AbsentProduct product={product} /> })),
              page('/hub/overview', () => import('#features/overview/OverviewPage'), 'hub.overview.read'),
              page('/hub/users', () => import('#features/users/UsersPage'), 'hub.users.read'),
              page('/hub/users/:id', () => import('#features/users/UserPage'), 'hub.users.read'),
              page('/hub/groups', () => import('#features/groups/GroupsPage'), 'hub.groups.read'),
              page('/hub/groups/:id', () => import('#features/groups/GroupPage'), 'hub.groups.read'),
              page('/hub/roles', () => import('#features/roles/RolesPage'), 'hub.roles.read'),
              page('/hub/roles/:id', () => import('#features/roles/RolePage'), 'hub.roles.read'),
              page('/hub/tenants', () => import('#features/tenants/TenantsPage'), 'hub.tenants.read'),
              page('/hub/tenants/:id', () => import('#features/tenants/TenantPage'), 'hub.tenants.read'),
              page('/hub/api-keys', () => import('#features/api-keys/ApiKeysPage'), 'hub.api-keys.read'),
              page('/hub/audit', () => import('#features/audit/HubAuditPage'), 'hub.audit.read'),
              page('/hub/audit/:id', () => import('#features/audit/HubAuditPage'), 'hub.audit.read'),
              page('/hub/events', () => import('#features/events/EventsPage'), 'hub.events.read'),
              page('/hub/webhooks', () => import('#features/webhooks/WebhooksPage'), 'hub.webhooks.read'),
              page('/hub/webhooks/:id', () => import('#features/webhooks/WebhookPage'), 'hub.webhooks.read'),
              page('/hub/settings', () => import('#features/settings/SettingsPage'), 'hub.tenant.read'),
              page('/service-catalog/browse', () => import('#features/catalog/CatalogPage'), 'catalog.items.read'),
              page('/service-catalog/browse/:id', () => import('#features/catalog/ItemPage'), 'catalog.items.read'),
              page('/service-catalog/requests', () => import('#features/requests/MyRequestsPage'), 'catalog.requests.read'),
              page('/service-catalog/all-requests', () => import('#features/requests/AllRequestsPage'), 'catalog.all-requests.read'),
              page('/service-catalog/requests/:id', () => import('#features/requests/RequestPage'), 'catalog.requests.read'),
              page('/service-catalog/tasks', () => import('#features/tasks/TasksPage'), ['catalog.tasks.write', 'catalog.all-tasks.write']),
              page('/service-catalog/approvals', () => import('#features/approvals/ApprovalsPage'), 'catalog.requests.read'),
              page('/service-catalog/items', () => import('#features/items/ItemsPage'), 'catalog.items.write'),
              page('/service-catalog/items/:id', () => import('#features/items/EditorPage'), 'catalog.items.write'),
              page('/service-catalog/categories', () => import('#features/categories/CategoriesPage'), 'catalog.items.write'),
              page('/service-catalog/option-lists', () => import('#features/option-lists/OptionListsPage'), 'catalog.items.write'),
              page('/service-catalog/option-lists/new', () => import('#features/option-lists/OptionListPage'), 'catalog.items.write'),
              page('/service-catalog/option-lists/:id', () => import('#features/option-lists/OptionListPage'), 'catalog.items.write'),
              page('/service-catalog/cost-centres', () => import('#features/cost-centres/CostCentresPage'), 'catalog.cost-centres.write'),
              page('/service-catalog/tickets', () => import('#features/tickets/MyTicketsPage'), 'catalog.tickets.read'),
              page('/service-catalog/tickets/new', () => import('#features/tickets/OpenTicketPage'), 'catalog.tickets.write'),
              page('/service-catalog/tickets/:id', () => import('#features/tickets/TicketPage'), 'catalog.tickets.read'),
              page('/service-catalog/desk', () => import('#features/tickets/QueuePage'), 'catalog.all-tickets.read'),
              page('/service-catalog/desk/new', () => import('#features/tickets/OpenTicketPage'), 'catalog.all-tickets.write'),
              page('/service-catalog/desk/:id', () => import('#features/tickets/DeskTicketPage')),
              page('/service-catalog/mail', () => import('#features/mail/MailPage'), 'catalog.all-tickets.read'),
              page('/service-catalog/mail/:id', () => import('#features/mail/MessagePage'), 'catalog.all-tickets.read'),
              page('/service-catalog/mail-settings', () => import('#features/mail-settings/MailSettingsPage'), 'catalog.mail-settings.write'),
              page('/service-catalog/major-incidents', () => import('#features/major-incidents/IncidentsPage'), 'catalog.major-incidents.read'),
              page('/service-catalog/major-incidents/:id', () => import('#features/major-incidents/IncidentPage'), 'catalog.major-incidents.read'),
              page('/service-catalog/major-incidents/:id/review', () => import('#features/major-incidents/review/ReviewPage'), 'catalog.major-incidents.read'),
              page('/service-catalog/review-template', () => import('#features/major-incidents/review/TemplatePage'), 'catalog.major-incidents.read'),
              page('/service-catalog/status-page', () => import('#features/status-page/StatusPagePage'), 'catalog.status-page.write', 'catalog.major-incidents.read'),
              page('/service-catalog/problems', () => import('#features/problems/ProblemsPage'), 'catalog.problems.read'),
              page('/service-catalog/problems/:id', () => import('#features/problems/ProblemPage'), 'catalog.problems.read'),
              page('/service-catalog/knowledge', () => import('#features/knowledge/KnowledgePage'), 'catalog.articles.read'),
              page('/service-catalog/knowledge/new', () => import('#features/knowledge/EditorPage'), 'catalog.articles.write'),
              page('/service-catalog/knowledge/:id', () => import('#features/knowledge/ArticlePage'), 'catalog.articles.read'),
              page('/service-catalog/knowledge/:id/edit', () => import('#features/knowledge/EditorPage'), 'catalog.articles.write'),
              page('/service-catalog/canned-answers', () => import('#features/canned-answers/CannedAnswersPage'), 'catalog.all-tickets.read'),
              page('/service-catalog/measures', () => import('#features/measures/MeasuresPage'), 'catalog.measures.read'),
              page('/service-catalog/service-levels', () => import('#features/service-levels/ServiceLevelsPage'), 'catalog.service-levels.read'),
              page('/service-catalog/escalation', () => import('#features/escalation/EscalationPage'), 'catalog.escalation-ladders.read'),
              page('/service-catalog/calendars', () => import('#features/calendars/CalendarsPage'), 'catalog.calendars.read'),
              page('/service-catalog/calendars/new', () => import('#features/calendars/CalendarPage'), 'catalog.calendars.write'),
              page('/service-catalog/calendars/:id', () => import('#features/calendars/CalendarPage'), 'catalog.calendars.read'),
              page('/service-catalog/audit', () => import('#features/audit/CatalogAuditPage'), 'catalog.audit.read'),
              page('/service-catalog/audit/:id', () => import('#features/audit/CatalogAuditPage'), 'catalog.audit.read'),
              page('/profile', () => import('#features/profile/ProfilePage')),
              { path: '*', Component: NotFound },
            ],
          },
        ],
      },
    ],
  },
]);
