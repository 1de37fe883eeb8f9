/** The roles and groups of a user. */
import type { User } from '@itechsmart/api';
import { Button, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { useGroups } from '#shared/api/useGroups';
import { useRoles } from '#shared/api/useRoles';
import { useCan } from '#shared/session/useMe';
import { Choices } from '#shared/ui/Choices';
import { Fact, Facts, Section } from '#shared/ui/Page';
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
  const { setRoles, setGroups } = useUserChanges(user.id, etag);
  const toast = useToast();
  const [roleIds, setRoleIds] = useState(ids(user.roles));
  const [groupIds, setGroupIds] = useState(ids(user.groups));
  const editable = can('hub.users.write') && can('hub.roles.read') && can('hub.groups.read');
  if (!editable) {
    return (
      <Section title="Access">
        <Facts columns={2}>
          <Fact name="Roles">{user.roles.map(({ name }) => name).join(', ') || 'None'}</Fact>
          <Fact name="Groups">{user.groups.map(({ name }) => name).join(', ') || 'None'}</Fact>
        </Facts>
      </Section>
    );
  }
  const rolesChanged = !same(roleIds, ids(user.roles));
  const groupsChanged = !same(groupIds, ids(user.groups));
  const saved = () => toast('Saved.');
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
        <Typography variant="caption" color="textSecondary">
          A change takes effect with the user’s next request that renews their access, within ten
          minutes; end their sessions to have it at once.
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
