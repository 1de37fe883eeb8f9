import { useColorScheme } from '@mui/material/styles';
import { Building2, KeyRound, LogOut, Plus, UserRoundPlus, UsersRound } from 'lucide-react';
import { useNavigate } from 'react-router';
import { useSession } from '#shared/session/SessionProvider';
import { useCan, useMe } from '#shared/session/useMe';
import { profile, reachable } from '../places';
import { modes } from './ColorMode';
import type { Command } from './commands';
import { useSignOut } from './useSignOut';

export function useCommands(): Command[] {
  const me = useMe();
  const can = useCan();
  const navigate = useNavigate();
  const { switchTenant } = useSession();
  const { signOut } = useSignOut();
  const { setMode } = useColorScheme();
  const go = (to: string) => () => void navigate(to);

  const pages = [...reachable(can).flatMap((group) => group.places), profile].map(
    ({ title, to, icon, words }): Command => ({ id: to, title, group: 'Pages', icon, words, run: go(to) }),
  );
  const make = [
    { title: 'Invite a user', to: '/hub/users?new', icon: UserRoundPlus, needs: 'hub.users.write' },
    { title: 'Create a group', to: '/hub/groups?new', icon: UsersRound, needs: 'hub.groups.write' },
    { title: 'Create a role', to: '/hub/roles/new', icon: Plus, needs: 'hub.roles.write' },
    { title: 'Make an API key', to: '/hub/api-keys?new', icon: KeyRound, needs: 'hub.api-keys.write' },
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
