import type { Role } from '@itechsmart/api';
import { Button, Chip } from '@mui/material';
import { FolderKey, Plus } from 'lucide-react';
import { Link } from 'react-router';
import { count } from '#shared/format/text';
import { useCan } from '#shared/session/useMe';
import type { Column } from '#shared/ui/List';
import { ListPage } from '#shared/ui/ListPage';
import { None } from '#shared/ui/None';
import { useRolePages } from './useRolePages';

const columns: Column<Role>[] = [
  { title: 'Name', breaks: true, width: '24%', render: ({ name }) => name },
  { title: 'Description', render: ({ description }) => description || <None /> },
  { title: 'Allows', width: 140, render: ({ permissions }) => count(permissions.length, 'permission') },
  {
    title: 'Kind',
    width: 120,
    render: ({ is_builtin }) => <Chip variant="outlined" label={is_builtin ? 'Built in' : 'Your own'} />,
  },
];

export default function RolesPage() {
  const roles = useRolePages();
  const create = useCan()('hub.roles.write') && (
    <Button variant="contained" component={Link} to="/hub/roles/new" startIcon={<Plus size={16} aria-hidden />}>
      Create a role
    </Button>
  );
  return (
    <ListPage
      title="Roles"
      about="A role is a set of permissions. Users have it directly or through a group."
      add={create}
      columns={columns}
      pages={roles}
      id={(role) => role.id}
      to={(role) => `/hub/roles/${role.id}`}
      empty={{ icon: FolderKey, title: 'There are no roles' }}
    />
  );
}
