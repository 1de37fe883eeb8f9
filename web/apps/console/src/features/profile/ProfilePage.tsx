import { Page } from '#shared/ui/Page';
import { Account } from './Account';
import { Sessions } from './Sessions';
import { SecondFactor } from './SecondFactor';

export default function ProfilePage() {
  return (
    <Page title="Profile and security" about="Your account, the same in every tenant.">
      <Account />
      <SecondFactor />
      <Sessions />
    </Page>
  );
}
