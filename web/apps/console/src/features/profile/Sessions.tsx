import type { LoginSession } from '@itechsmart/api';
import { Button } from '@mui/material';
import { MonitorSmartphone } from 'lucide-react';
import { device } from '#shared/format/text';
import { Code } from '#shared/ui/Code';
import { Confirm } from '#shared/ui/dialogs';
import { PagedList, type Column } from '#shared/ui/List';
import { Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useEndSession } from './useEndSession';
import { useLoginSessions } from './useLoginSessions';

const columns: Column<LoginSession>[] = [
  {
    title: 'Device',
    render: ({ user_agent, current }) => (
      <>
        {device(user_agent)} {current && <State apart tone="success">This one</State>}
      </>
    ),
  },
  { title: 'Address', render: ({ address }) => <Code>{address}</Code> },
  { title: 'Last used', render: ({ last_used_at }) => <Time>{last_used_at}</Time> },
  { title: 'Signed in', from: 'md', render: ({ created_at }) => <Time>{created_at}</Time> },
];

export function Sessions() {
  const sessions = useLoginSessions();
  const end = useEndSession();
  const toast = useToast();
  const others = sessions.items?.some((session) => !session.current) === true;
  const actions: Column<LoginSession> = {
    title: 'Actions',
    actions: true,
    align: 'right',
    width: 100,
    render: ({ id, current, user_agent }) =>
      !current && (
        <Confirm
          title="End this session?"
          submit="End it"
          danger
          act={() => end.mutateAsync(id).then(() => toast('The session is ended.'))}
          trigger={(open) => <Button color="error" onClick={open}>End</Button>}
        >
          {device(user_agent)} is signed out.
        </Confirm>
      ),
  };
  return (
    <Section
      flush
      title="Sessions"
      about="Where you are signed in."
      actions={
        others && (
          <Confirm
            title="End all other sessions?"
            submit="End them"
            danger
            act={() => end.mutateAsync(undefined).then(() => toast('All other sessions are ended.'))}
            trigger={(open) => (
              <Button variant="outlined" color="error" onClick={open}>
                End all others
              </Button>
            )}
          >
            Only this one stays signed in.
          </Confirm>
        )
      }
    >
      <PagedList
        label="Sessions"
        columns={[...columns, actions]}
        pages={sessions}
        id={(session) => session.id}
        empty={<Empty icon={MonitorSmartphone} title="There are no sessions" />}
      />
    </Section>
  );
}
