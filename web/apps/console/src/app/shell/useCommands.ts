import { useColorScheme } from '@mui/material/styles';
import { Building2, CalendarOff, KeyRound, LifeBuoy, LogOut, Plus, SquarePen, UserRoundPlus, UsersRound } from 'lucide-react';
import { useNavigate } from 'react-router';
import { useSession } from '#shared/session/SessionProvider';
import { useCan, useMe } from '#shared/session/useMe';
import { profile, reachable } from '../places';
import { hasPages, products } from '../products';
import { useProduct } from '../useProduct';
import { modes } from './ColorMode';
import type { Command } from './commands';
import { useSignOut } from './useSignOut';

export function useCommands(): Command[] {
  const me = useMe();
  const can = useCan();
  const navigate = useNavigate();
  const product = useProduct();
  const { switchTenant } = useSession();
  const { signOut } = useSignOut();
  const { setMode } = useColorScheme();
  const go = (to: string) => () => void navigate(to);

  // Those of the product that one is at come first.
  const ordered = [...products].sort((a, b) => Number(b.service === product) - Number(a.service === product));
  const pages = ordered.flatMap(({ service, title: group }) =>
    (hasPages(service) ? reachable(service, can) : [])
      .flatMap(({ places }) => places)
      .map(({ title, to, icon, words }): Command => ({ id: to, title, group, icon, words, run: go(to) })),
  );
  pages.push({ ...profile, id: profile.to, group: 'Account', run: go(profile.to) });
  const make = [
    { title: 'Invite a user', to: '/hub/users?new', icon: UserRoundPlus, needs: 'hub.users.write' },
    { title: 'Create a group', to: '/hub/groups?new', icon: UsersRound, needs: 'hub.groups.write' },
    { title: 'Create a role', to: '/hub/roles/new', icon: Plus, needs: 'hub.roles.write' },
    { title: 'Make an API key', to: '/hub/api-keys?new', icon: KeyRound, needs: 'hub.api-keys.write' },
    { title: 'Report a problem', to: '/service-catalog/tickets/new', icon: LifeBuoy, needs: 'catalog.tickets.write' },
    { title: 'Write an article', to: '/service-catalog/knowledge/new', icon: Plus, needs: 'catalog.articles.write' },
    { title: 'Open a problem record', to: '/service-catalog/problems?new', icon: Plus, needs: 'catalog.problems.write' },
    { title: 'Change the review template', to: '/service-catalog/review-template', icon: SquarePen, needs: 'catalog.review-template.write' },
    { title: 'Add a canned answer', to: '/service-catalog/canned-answers?new', icon: Plus, needs: 'catalog.canned-answers.write' },
    { title: 'Create a calendar', to: '/service-catalog/calendars/new', icon: Plus, needs: 'catalog.calendars.write' },
    { title: 'Delegate my approvals', to: '/service-catalog/approvals?view=delegation&new', icon: CalendarOff, needs: 'catalog.approvals.write' },
    { title: 'Create a catalog item', to: '/service-catalog/items/new', icon: Plus, needs: 'catalog.items.write' },
    { title: 'Create an option list', to: '/service-catalog/option-lists/new', icon: Plus, needs: 'catalog.items.write' },
    { title: 'Create a cost centre', to: '/service-catalog/cost-centres?new', icon: Plus, needs: 'catalog.cost-centres.write' },
  ] as const;
  const actions = make
    .filter(({ needs }) => can(needs))
    .map(({ title, to, icon }): Command => ({ id: to, title, group: 'Actions', icon, words: 'new add', run: go(to) }));
  const colours = modes.map(
    ({ mode, title, icon }): Command => ({
      id: mode,
      title: `Colours: ${title.toLowerCase()}`,
      group: 'Actions',
      icon,
      words: 'theme mode night day',
      run: () => setMode(mode),
    }),
  );
  const tenants = me.tenants
    .filter((tenant) => tenant.id !== me.tenant.id)
    .map(
      ({ id, name, slug }): Command => ({
        id,
        title: `Go to ${name}`,
        group: 'Tenants',
        icon: Building2,
        words: `tenant switch ${slug}`,
        run: () => {
          void navigate('/');
          void switchTenant(id);
        },
      }),
    );
  const leave: Command = {
    id: 'sign-out',
    title: 'Sign out',
    group: 'Actions',
    icon: LogOut,
    words: 'log out leave',
    run: () => void signOut(),
  };
  return [...pages, ...actions, ...colours, leave, ...tenants];
}
