import { useParams } from 'react-router';
import type { Read, User } from '@itechsmart/api';
import { ExactTime, Time } from '#shared/ui/Time';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { Code } from '#shared/ui/Code';
import { useCan } from '#shared/session/useMe';
import { Access } from './Access';
import { UserActions } from './UserActions';
import { UserStateOf } from './UserStateOf';
import { useUser } from './useUser';

const parent = { title: 'Users', to: '/hub/users' };

export default function UserPage() {
  const { id = '' } = useParams();
  return (
    <ObjectPage title="User" parent={parent} object={useUser(id)}>
      {(read) => <Content read={read} />}
    </ObjectPage>
  );
}

function Content({ read }: { read: Read<User> }) {
  const user = read.data;
  const can = useCan();
  return (
    <Page title={user.name || user.email} about={user.email} parent={parent}>
      <Section title="Account">
        <Facts columns={3}>
          <Fact name="State">
            <UserStateOf state={user.state} />
          </Fact>
          <Fact name="Second factor">{user.totp_enabled ? 'On' : 'Off'}</Fact>
          <Fact name="Last sign-in">
            <Time>{user.last_login_at}</Time>
          </Fact>
          <Fact wide name="Added">
            <ExactTime>{user.created_at}</ExactTime>
          </Fact>
          <Fact wide name="Id">
            <Code copy>{user.id}</Code>
          </Fact>
        </Facts>
      </Section>
      <Access key={read.etag} user={user} etag={read.etag} />
      {can('hub.users.write') && <UserActions user={user} etag={read.etag} />}
    </Page>
  );
}
