import type { Group } from '@itechsmart/api';
import { Button } from '@mui/material';
import { Plus, UsersRound } from 'lucide-react';
import { useCan } from '#shared/session/useMe';
import type { Column } from '#shared/ui/List';
import { ListPage } from '#shared/ui/ListPage';
import { None } from '#shared/ui/None';
import { useToast } from '#shared/ui/toast';
import { useFlag } from '#shared/ui/useFlag';
import { GroupDialog } from './GroupDialog';
import { useCreateGroup } from './useGroupChanges';
import { useGroupPages } from './useGroupPages';

const columns: Column<Group>[] = [
  { title: 'Name', breaks: true, width: '22%', render: ({ name }) => name },
  { title: 'Description', render: ({ description }) => description || <None /> },
  { title: 'Roles', width: '26%', render: ({ roles }) => roles.map(({ name }) => name).join(', ') || <None /> },
  { title: 'Members', width: 100, align: 'right', render: ({ members }) => members },
];

export default function GroupsPage() {
  const can = useCan();
  const groups = useGroupPages();
  const create = useCreateGroup();
  const toast = useToast();
  const [creating, setCreating] = useFlag('new');
  const button = can('hub.groups.write') && (
    <Button variant="contained" startIcon={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      Create a group
    </Button>
  );
  return (
    <ListPage
      title="Groups"
      about="A group gives its roles to all its members."
      add={button}
      columns={columns}
      pages={groups}
      id={(group) => group.id}
      to={(group) => `/hub/groups/${group.id}`}
      empty={{
        icon: UsersRound,
        title: 'There are no groups yet',
        about: 'Put people together who do the same work, and give the group their roles.',
      }}
    >
      {creating && can('hub.groups.write') && (
        <GroupDialog
          title="Create a group"
          submit="Create"
          initial={{ name: '', description: '', role_ids: [] }}
          save={async (group) => {
            await create.mutateAsync(group);
            toast(`The group ${group.name} is created.`);
          }}
          onClose={() => setCreating(false)}
        />
      )}
    </ListPage>
  );
}
