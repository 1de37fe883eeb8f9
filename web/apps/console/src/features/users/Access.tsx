/** The roles, the groups and the manager of a user. */
import type { User } from '@itechsmart/api';
import { Button, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { useGroups } from '#shared/api/useGroups';
import { useRoles } from '#shared/api/useRoles';
import { useCan } from '#shared/session/useMe';
import { Choices } from '#shared/ui/Choices';
import { Fact, Facts, Section } from '#shared/ui/Page';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { FormProblem } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { useUserChanges } from './useUserChanges';

interface AccessProps {
  user: User;
  etag: string | undefined;
}

const ids = (list: { id: string }[]) => list.map(({ id }) => id);
const same = (a: string[], b: string[]) => [...a].sort().join() === [...b].sort().join();

export function Access({ user, etag }: AccessProps) {
  const can = useCan();
  const roles = useRoles();
  const groups = useGroups();
  const { change, setRoles, setGroups } = useUserChanges(user.id, etag);
  const toast = useToast();
  const [roleIds, setRoleIds] = useState(ids(user.roles));
  const [groupIds, setGroupIds] = useState(ids(user.groups));
  const [manager, setManager] = useState(user.manager ?? null);
  const editable = can('hub.users.write') && can('hub.roles.read') && can('hub.groups.read');
  if (!editable) {
    return (
      <Section title="Access">
        <Facts columns={2}>
          <Fact name="Roles">{user.roles.map(({ name }) => name).join(', ') || 'None'}</Fact>
          <Fact name="Groups">{user.groups.map(({ name }) => name).join(', ') || 'None'}</Fact>
          <Fact name="Manager">{user.manager?.name ?? 'None'}</Fact>
        </Facts>
      </Section>
    );
  }
  const rolesChanged = !same(roleIds, ids(user.roles));
  const groupsChanged = !same(groupIds, ids(user.groups));
  const managerChanged = manager?.id !== user.manager?.id;
  const saved = () => toast('Saved.');
  const saveManager = () =>
    change.mutate({ manager_id: manager?.id ?? null }, { onSuccess: saved });
  return (
    <Section title="Access" about="What the user may do is the sum of these roles and those of their groups.">
      <Stack sx={{ gap: 2, maxWidth: 720 }}>
        <Stack direction={{ xs: 'column', sm: 'row' }} sx={{ gap: 1, alignItems: { sm: 'flex-start' } }}>
          <Choices label="Roles" options={roles.data} chosen={roleIds} onChange={setRoleIds} />
          {rolesChanged && (
            <Save busy={setRoles.isPending} onClick={() => setRoles.mutate(roleIds, { onSuccess: saved })} />
          )}
        </Stack>
        <FormProblem problem={setRoles.error} />
        <Stack direction={{ xs: 'column', sm: 'row' }} sx={{ gap: 1, alignItems: { sm: 'flex-start' } }}>
          <Choices label="Groups" options={groups.data} chosen={groupIds} onChange={setGroupIds} />
          {groupsChanged && (
            <Save busy={setGroups.isPending} onClick={() => setGroups.mutate(groupIds, { onSuccess: saved })} />
          )}
        </Stack>
        <FormProblem problem={setGroups.error} />
        {can('hub.people.read') && user.state !== 'invited' && (
          <Stack direction={{ xs: 'column', sm: 'row' }} sx={{ gap: 1, alignItems: { sm: 'flex-start' } }}>
            <PersonPicker label="Manager" person={manager} onChange={setManager} except={user.id} />
            {managerChanged && <Save busy={change.isPending} onClick={saveManager} />}
          </Stack>
        )}
        <FormProblem problem={change.error} />
        <Typography variant="caption" color="textSecondary">
          Roles and groups count for the user’s next request, within a second. What their open pages
          show follows when they are loaded anew.
        </Typography>
      </Stack>
    </Section>
  );
}

function Save({ busy, onClick }: { busy: boolean; onClick: () => void }) {
  return (
    <Button variant="contained" loading={busy} onClick={onClick} sx={{ height: 38, flexShrink: 0 }}>
      Save
    </Button>
  );
}
