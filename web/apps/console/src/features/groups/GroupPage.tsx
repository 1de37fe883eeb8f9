import type { Group, Read } from '@itechsmart/api';
import { Button } from '@mui/material';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useCan } from '#shared/session/useMe';
import { Confirm } from '#shared/ui/dialogs';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { ExactTime } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { GroupDialog } from './GroupDialog';
import { Members } from './Members';
import { useGroup } from './useGroup';
import { useGroupChanges } from './useGroupChanges';

const parent = { title: 'Groups', to: '/hub/groups' };

export default function GroupPage() {
  const { id = '' } = useParams();
  return (
    <ObjectPage title="Group" parent={parent} object={useGroup(id)}>
      {(read) => <Content read={read} />}
    </ObjectPage>
  );
}

function Content({ read: { data: group, etag } }: { read: Read<Group> }) {
  const { change, remove } = useGroupChanges(group.id, etag);
  const [editing, setEditing] = useState(false);
  const may = useCan()('hub.groups.write');
  const navigate = useNavigate();
  const toast = useToast();
  const role_ids = group.roles.map(({ id }) => id);
  const actions = may && (
    <>
      <Button variant="outlined" onClick={() => setEditing(true)}>
        Edit
      </Button>
      <Confirm
        title={`Delete the group ${group.name}?`}
        submit="Delete"
        danger
        act={async () => {
          await remove.mutateAsync(undefined);
          toast(`The group ${group.name} is deleted.`);
          await navigate('/hub/groups');
        }}
        trigger={(open) => (
          <Button variant="outlined" color="error" onClick={open}>
            Delete
          </Button>
        )}
      >
        Its members lose the roles that only the group gave them.
      </Confirm>
    </>
  );
  return (
    <Page title={group.name} about={group.description || undefined} parent={parent} actions={actions}>
      <Section>
        <Facts columns={2}>
          <Fact name="Roles that it gives">{group.roles.map(({ name }) => name).join(', ') || 'None'}</Fact>
          <Fact wide name="Created">
            <ExactTime>{group.created_at}</ExactTime>
          </Fact>
        </Facts>
      </Section>
      <Members group={group} etag={etag} />
      {editing && (
        <GroupDialog
          title="Edit the group"
          submit="Save"
          initial={{ name: group.name, description: group.description, role_ids }}
          save={async (input) => {
            await change.mutateAsync(input);
            toast('Saved.');
          }}
          onClose={() => setEditing(false)}
        />
      )}
    </Page>
  );
}
