/** Who is in a group. */
import type { Group, User } from '@itechsmart/api';
import { Box, Button, Stack } from '@mui/material';
import { UserRound } from 'lucide-react';
import { useState } from 'react';
import { count } from '#shared/format/text';
import { useCan } from '#shared/session/useMe';
import { Choices } from '#shared/ui/Choices';
import { FormDialog } from '#shared/ui/dialogs';
import { List } from '#shared/ui/List';
import { Section } from '#shared/ui/Page';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { useEveryone } from './useEveryone';
import { useGroupChanges } from './useGroupChanges';
import { useMembers } from './useMembers';

interface MembersProps {
  group: Group;
  etag: string | undefined;
}

export function Members({ group, etag }: MembersProps) {
  const can = useCan();
  const members = useMembers(group.id);
  const [choosing, setChoosing] = useState(false);
  const change = can('hub.groups.write') && can('hub.users.read') && members.data !== undefined && (
    <Button variant="outlined" onClick={() => setChoosing(true)}>
      Choose members
    </Button>
  );
  return (
    <Section
      flush
      title="Members"
      about={members.data === undefined ? undefined : count(members.data.length, 'person', 'people')}
      actions={change}
    >
      {members.error !== null && (
        <Box sx={{ p: 2 }}>
          <Failed problem={members.error} retry={() => void members.refetch()} />
        </Box>
      )}
      {members.data === undefined && members.error === null && <LoadingRows rows={3} />}
      {members.data?.length === 0 && (
        <Empty icon={UserRound} title="Nobody is in this group">
          Its roles reach nobody until somebody is.
        </Empty>
      )}
      {members.data !== undefined && members.data.length > 0 && (
        <List
          label="Members"
          items={members.data}
          id={({ id }: User) => id}
          {...(can('hub.users.read') && { to: ({ id }: User) => `/hub/users/${id}` })}
          columns={[
            { title: 'Name', breaks: true, render: ({ name, email }) => name || email },
            { title: 'E-mail', breaks: true, render: ({ email }) => email },
          ]}
        />
      )}
      {choosing && (
        <MembersDialog
          group={group}
          etag={etag}
          present={members.data?.map(({ id }) => id) ?? []}
          onClose={() => setChoosing(false)}
        />
      )}
    </Section>
  );
}

interface MembersDialogProps extends MembersProps {
  present: string[];
  onClose: () => void;
}

function MembersDialog({ group, etag, present, onClose }: MembersDialogProps) {
  const everyone = useEveryone();
  const [chosen, setChosen] = useState(present);
  const { setMembers } = useGroupChanges(group.id, etag);
  const toast = useToast();
  const options = everyone.data?.map(({ id, name, email }) => ({
    id,
    name: name === '' ? email : `${name} (${email})`,
  }));
  return (
    <FormDialog
      title={`Members of ${group.name}`}
      submit="Save"
      open
      busy={setMembers.isPending}
      problem={setMembers.error ?? everyone.error}
      disabled={options === undefined}
      onClose={onClose}
      onSubmit={() =>
        setMembers.mutate(chosen, {
          onSuccess: () => {
            toast('Saved.');
            onClose();
          },
        })
      }
    >
      <Stack sx={{ minHeight: 80 }}>
        <Choices label="Members" options={options} chosen={chosen} onChange={setChosen} />
      </Stack>
    </FormDialog>
  );
}
