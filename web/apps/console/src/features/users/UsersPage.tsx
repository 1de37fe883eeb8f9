import type { User } from '@itechsmart/api';
import { Button, MenuItem, Stack, TextField } from '@mui/material';
import { UserRound, UserRoundPlus } from 'lucide-react';
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { useCan } from '#shared/session/useMe';
import { PagedList, type Column } from '#shared/ui/List';
import { None } from '#shared/ui/None';
import { Page, Section } from '#shared/ui/Page';
import { SearchField } from '#shared/ui/SearchField';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useFlag } from '#shared/ui/useFlag';
import { InviteDialog } from './InviteDialog';
import { userStates } from './states';
import { UserStateOf } from './UserStateOf';
import { useUsers } from './useUsers';

const columns: Column<User>[] = [
  { title: 'Name', breaks: true, render: ({ name, email }) => name || email },
  { title: 'E-mail', breaks: true, width: '24%', render: ({ email }) => email },
  { title: 'State', width: 120, render: ({ state }) => <UserStateOf state={state} /> },
  { title: 'Roles', from: 'md', render: ({ roles }) => names(roles) },
  { title: 'Groups', from: 'lg', render: ({ groups }) => names(groups) },
  { title: 'Second factor', from: 'lg', render: ({ totp_enabled }) => (totp_enabled ? 'On' : 'Off') },
  { title: 'Last sign-in', from: 'md', render: ({ last_login_at }) => <Time>{last_login_at}</Time> },
];

function names(list: { name: string }[]) {
  if (list.length === 0) return <None />;
  return list.map(({ name }) => name).join(', ');
}

export default function UsersPage() {
  const can = useCan();
  const [parameters, setParameters] = useSearchParams();
  const search = parameters.get('search') ?? '';
  const state = parameters.get('state') ?? '';
  const users = useUsers({ search, state });
  const [inviting, setInviting] = useFlag('new');
  const filter = useCallback(
    (name: string, value: string) =>
      setParameters(
        (current) => {
          const next = new URLSearchParams(current);
          if (value === '') next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [setParameters],
  );
  const setSearch = useCallback((value: string) => filter('search', value), [filter]);
  const invite = can('hub.users.write') && (
    <Button variant="contained" startIcon={<UserRoundPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
      Invite a user
    </Button>
  );
  return (
    <Page title="Users" about="The people of this tenant, and what they may do." actions={invite}>
      <Section
        flush
        actions={
          <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', width: '100%' }}>
            <SearchField label="Search by name or e-mail" value={search} onChange={setSearch} />
            <TextField
              select
              label="State"
              value={state}
              onChange={(event) => filter('state', event.target.value)}
              sx={{ width: { xs: '100%', sm: 150 } }}
            >
              <MenuItem value="">Any</MenuItem>
              {Object.entries(userStates).map(([value, { word }]) => (
                <MenuItem key={value} value={value}>
                  {word}
                </MenuItem>
              ))}
            </TextField>
          </Stack>
        }
      >
        <PagedList
          label="Users"
          columns={columns}
          pages={users}
          id={(user) => user.id}
          to={(user) => `/hub/users/${user.id}`}
          empty={
            search === '' && state === '' ? (
              <Empty icon={UserRound} title="Nobody is here yet" action={invite}>
                Invite the first person: they get an e-mail with a link to make their account.
              </Empty>
            ) : (
              <Empty
                icon={UserRound}
                title="Nobody matches"
                action={<Button onClick={() => setParameters({}, { replace: true })}>Clear the filter</Button>}
              />
            )
          }
        />
      </Section>
      {inviting && can('hub.users.write') && <InviteDialog onClose={() => setInviting(false)} />}
    </Page>
  );
}
