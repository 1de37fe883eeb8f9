/** E-mail that came in: what is held waits here for an agent, and what became of the rest. */
import type { MailMessage, MailState } from '@itechsmart/api';
import { Button, Tab, Tabs } from '@mui/material';
import { MailCheck, Settings } from 'lucide-react';
import { Link } from 'react-router';
import { useCan } from '#shared/session/useMe';
import { PagedList, type Column } from '#shared/ui/List';
import { None } from '#shared/ui/None';
import { Page, Section } from '#shared/ui/Page';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useFilters } from '#shared/ui/useFilters';
import { useMessages } from './useMail';
import { mailStates, reasonWords, subjectWords } from './words';

const states = Object.keys(mailStates) as MailState[];

const empty: Record<MailState, { title: string; about: string }> = {
  held: { title: 'Nothing is held', about: 'What cannot be taken without somebody looking at it waits here for 30 days.' },
  taken: { title: 'No message was taken', about: 'Those that became a ticket, or a reply to one, stand here for 90 days.' },
  refused: { title: 'No message was refused', about: 'Those of strangers stand here for 90 days, if the desk refuses them.' },
  discarded: { title: 'No message was discarded', about: 'Those that an agent threw away, or that nobody looked at, stand here for 90 days.' },
};

const subject: Column<MailMessage> = { title: 'Subject', breaks: true, render: (message) => subjectWords(message.subject) };
const from: Column<MailMessage> = { title: 'From', breaks: true, width: 260, render: ({ sender }) => sender ?? <None word="It does not say" /> };
const why: Column<MailMessage> = { title: 'Why', width: 250, render: ({ reason }) => reasonWords(reason) ?? <None /> };
const as: Column<MailMessage> = { title: 'Taken as from', width: 200, breaks: true, render: ({ user }) => user?.name ?? <None word="Nobody" /> };
const came: Column<MailMessage> = { title: 'Came', width: 140, render: ({ created_at }) => <Time>{created_at}</Time> };

export default function MailPage() {
  const [filter, setFilter] = useFilters(['state']);
  const state = states.find((one) => one === filter.state) ?? 'held';
  const pages = useMessages(state);
  const sets = useCan()('catalog.mail-settings.write');
  return (
    <Page
      title="Held e-mail"
      about="Messages that the desk did not take by itself. An agent reads them, and says whose they are."
      actions={
        sets && (
          <Button variant="outlined" color="inherit" component={Link} to="/service-catalog/mail-settings" startIcon={<Settings size={15} aria-hidden />}>
            Settings
          </Button>
        )
      }
    >
      <Section flush>
        <Tabs value={state} onChange={(_, next: MailState) => setFilter({ state: next === 'held' ? '' : next })} aria-label="Messages" variant="scrollable" scrollButtons={false} sx={{ px: 1, borderBottom: 1, borderColor: 'divider' }}>
          {states.map((one) => (
            <Tab key={one} value={one} label={mailStates[one].word} />
          ))}
        </Tabs>
        <PagedList
          label={`${mailStates[state].word} messages`}
          columns={[subject, from, state === 'taken' ? as : why, came]}
          pages={pages}
          id={({ id }) => id}
          to={({ id }) => `/service-catalog/mail/${id}`}
          empty={
            <Empty icon={MailCheck} title={empty[state].title}>
              {empty[state].about}
            </Empty>
          }
        />
      </Section>
    </Page>
  );
}
