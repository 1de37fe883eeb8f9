/** Where one can go: the side navigation and the command palette are made of this. */
import {
  Activity,
  Building2,
  FolderKey,
  Gauge,
  KeyRound,
  CircleUserRound,
  Settings,
  ShieldCheck,
  UserRound,
  UsersRound,
  Webhook,
  type LucideIcon,
} from 'lucide-react';
import type { Can, Permission } from '#shared/session/permissions';

export interface Place {
  title: string;
  to: string;
  icon: LucideIcon;
  needs?: Permission;
  /** Other words that people look for it by. */
  words?: string;
}

export interface PlaceGroup {
  title?: string;
  places: Place[];
}

export const groups: readonly PlaceGroup[] = [
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

export const profile: Place = {
  title: 'Profile and security',
  to: '/profile',
  icon: CircleUserRound,
  words: 'password second factor totp sessions e-mail me account',
};

export function reachable(can: Can): PlaceGroup[] {
  return groups
    .map((group) => ({
      ...group,
      places: group.places.filter((place) => place.needs === undefined || can(place.needs)),
    }))
    .filter((group) => group.places.length > 0);
}
