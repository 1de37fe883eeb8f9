/** A ticket: for whom it is, where it stands and what is said; its clocks and history, and for the desk escalation, links and knowledge. */
import type { Read, Ticket, TicketRef } from '@itechsmart/api';
import { Alert, Box, Button, Rating, Stack, Typography } from '@mui/material';
import { Split } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { AuditTrail } from '#shared/catalog/AuditTrail';
import { GONE_GROUP, GONE_PERSON, capital } from '#shared/catalog/words';
import { impacts, isDone, kindWord, levelWord, urgencies } from '#shared/catalog/tickets';
import { FilesPanel } from '#shared/catalog/files/FilesPanel';
import { Rate } from '#shared/catalog/Rate';
import { useServiceLevels } from '#shared/catalog/useDesk';
import { minute } from '#shared/format/time';
import { useCan, useMe } from '#shared/session/useMe';
import { Markdown } from '#shared/ui/Markdown';
import { None } from '#shared/ui/None';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { Failed, LoadingRows } from '#shared/ui/states';
import { ExactTime, Time, useNow } from '#shared/ui/Time';
import { Timeline } from '#shared/ui/Timeline';
import { Due } from './Due';
import { useToast } from '#shared/ui/toast';
import { AgentActions, OwnActions } from './page/Actions';
import { Affecting } from './page/Affecting';
import type { GroupNames } from './page/clocks';
import { ClocksPanel } from './page/ClocksPanel';
import { Conversation } from './page/Conversation';
import { EarlierTexts } from './page/EarlierTexts';
import { EscalationPanel } from './page/EscalationPanel';
import { history } from './page/events';
import { KnowledgePanel } from './page/KnowledgePanel';
import { LinksPanel } from './page/LinksPanel';
import { SplitDialog, type Message } from './page/SplitDialog';
import { TagList } from './page/TagList';
import { useReply } from './page/useReply';
import { Priority, TicketState } from './TicketState';
import { useLinkChanges } from './useLinkChanges';
import { useTicketChanges } from './useTicketChanges';
import { useTicketNews } from './useTicketNews';
import { useHistory, useTicket } from './useTickets';

const mine = { title: 'My tickets', to: '/service-catalog/tickets' };
const queue = { title: 'Queue', to: '/service-catalog/desk' };

/** What groups agreed on among themselves is the desk's. */
const NO_GROUPS: GroupNames = new Map();

export default function TicketPage() {
  const { id = '' } = useParams();
  const sees = useCan()('catalog.all-tickets.read');
  const ticket = useTicket(id);
  useTicketNews();
  if (ticket.data?.data.is_called === true && ticket.error?.kind === 'not_found') return <CallOver />;
  return (
    <ObjectPage title="Ticket" parent={sees ? queue : mine} object={ticket}>
      {(read) => <Content key={read.data.id} read={read} />}
    </ObjectPage>
  );
}

/** Who is called sees a ticket for as long as somebody is. */
function CallOver() {
  return (
    <Page title="Ticket" parent={mine}>
      <Alert severity="success">Its escalation is over: nobody is called for it any more, and you do not see it any more.</Alert>
    </Page>
  );
}

function Content({ read: { data: ticket, etag } }: { read: Read<Ticket> }) {
  const can = useCan();
  const me = useMe();
  const now = useNow();
  const [sees, works] = [can('catalog.all-tickets.read'), can('catalog.all-tickets.write')];
  const own = ticket.requester.id === me.id;
  const events = useHistory(ticket.id);
  const reply = useReply();
  const [splitting, setSplitting] = useState<Message>();
  const maySplit = works && !isDone(ticket.state);
  return (
    <Page
      title={`#${ticket.number} · ${ticket.title}`}
      parent={sees ? queue : mine}
      about={
        <Stack direction="row" sx={{ gap: 1.5, alignItems: 'center', flexWrap: 'wrap', mt: 0.5 }}>
          <Priority priority={ticket.priority} />
          <TicketState own={own && !works} state={ticket.state} />
          {(!isDone(ticket.state) || ticket.is_breached) && <Due ticket={ticket} />}
        </Stack>
      }
      actions={
        works ? (
          <AgentActions ticket={ticket} etag={etag} />
        ) : (
          <>
            <AuditTrail id={ticket.id} />
            {own && <OwnActions ticket={ticket} etag={etag} now={now} />}
          </>
        )
      }
    >
      <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) 380px' } }}>
        <Stack sx={{ gap: 2, minWidth: 0 }}>
          {ticket.merged_into != null && <MergedInto into={ticket.merged_into} sees={sees} />}
          <Affecting ticket={ticket} />
          {own && !works && ticket.state === 'pending_customer' && <Alert severity="warning">The desk waits for your answer: reply below.</Alert>}
          {own && ticket.state === 'resolved' && ticket.reopens_until != null && <Alert severity="success">It is resolved. Until {minute(ticket.reopens_until)} a reply opens it again.</Alert>}
          {own && ticket.state === 'closed' && ticket.merged_into == null && (
            <Alert
              severity="info"
              action={
                <Button color="inherit" component={Link} to="/service-catalog/tickets/new">
                  Report a problem
                </Button>
              }
            >
              It is closed. If it is back, open a new ticket and name #{ticket.number} in it.
            </Alert>
          )}
          {own && isDone(ticket.state) && ticket.merged_into == null && ticket.rating == null && can('catalog.tickets.write') && <RateSection ticket={ticket} />}
          {ticket.solution != null && (
            <Section title="Solution">
              <Markdown>{ticket.solution}</Markdown>
            </Section>
          )}
          <Section
            title="Description"
            actions={
              maySplit && (
                <Button size="small" color="inherit" startIcon={<Split size={14} aria-hidden />} aria-label="Split off the description" onClick={() => setSplitting({ number: 1, at: ticket.created_at, who: ticket.requester.name ?? capital(GONE_PERSON), text: ticket.description })}>
                  Split off
                </Button>
              )
            }
          >
            {ticket.description === '' ? <None word="Nothing more was said" /> : <Markdown>{ticket.description}</Markdown>}
            {sees && <EarlierTexts events={events} />}
          </Section>
          <Section title="Conversation">
            <Conversation ticket={ticket} events={events} agent={works} reply={reply} onSplit={setSplitting} />
          </Section>
        </Stack>
        <Stack sx={{ gap: 2, minWidth: 0 }}>
          <Section title="Ticket">
            <About ticket={ticket} sees={sees} />
          </Section>
          <Section title="Files">
            <FilesPanel of={`/tickets/${ticket.id}`} attaches={works || (own && ticket.state !== 'closed')} internal={works ? 'Internal: only the desk reads them' : undefined} oversees={works} />
          </Section>
          {sees ? (
            <DeskPanels ticket={ticket} works={works} />
          ) : (
            <>
              {ticket.is_called && (
                <Section title="Escalation" about="You are among those whom it calls.">
                  <EscalationPanel id={ticket.id} works={false} isCalled={can('catalog.tickets.write') && !isDone(ticket.state)} />
                </Section>
              )}
              <Section title="Clocks" about="What is promised, and what has counted of it.">
                <ClocksPanel id={ticket.id} groups={NO_GROUPS} />
              </Section>
            </>
          )}
          <Section title="History">
            <History events={events} />
          </Section>
        </Stack>
      </Box>
      {splitting !== undefined && <SplitOff ticket={ticket} etag={etag} message={splitting} onClose={() => setSplitting(undefined)} />}
    </Page>
  );
}

function MergedInto({ into: { id, number }, sees }: { into: TicketRef; sees: boolean }) {
  return (
    <Alert
      severity="info"
      action={
        <Button color="inherit" component={Link} to={`/service-catalog/${sees ? 'desk' : 'tickets'}/${id}`}>
          Open #{number}
        </Button>
      }
    >
      It was merged into #{number}, where it goes on.
    </Alert>
  );
}

function SplitOff({ ticket, etag, message, onClose }: { ticket: Ticket; etag: string | undefined; message: Message; onClose: () => void }) {
  const { split } = useLinkChanges(ticket.id, etag);
  const navigate = useNavigate();
  const toast = useToast();
  return (
    <SplitDialog
      ticket={ticket}
      message={message}
      save={async (input) => {
        const made = await split.mutateAsync(input);
        toast(`#${made.number} is split off.`);
        await navigate(`/service-catalog/desk/${made.id}`);
      }}
      onClose={onClose}
    />
  );
}

function About({ ticket, sees }: { ticket: Ticket; sees: boolean }) {
  const { requester, group, assignee, tier, kind, impact, urgency, tags, rating, followers } = ticket;
  return (
    <Stack sx={{ gap: 2 }}>
      <Facts columns={2}>
        <Fact name="Requester">{requester.name ?? capital(GONE_PERSON)}</Fact>
        <Fact name="Assigned to">{assignee == null ? <None word="Nobody yet" /> : (assignee.name ?? capital(GONE_PERSON))}</Fact>
        <Fact name="Kind">{kindWord(kind)}</Fact>
        {sees && <Fact name="Group">{group == null ? <None word="No group" /> : (group.name ?? capital(GONE_GROUP))}</Fact>}
        {sees && <Fact name="Tier">{tier}</Fact>}
        <Fact name="Impact">{levelWord(impacts, impact)}</Fact>
        <Fact name="Urgency">{levelWord(urgencies, urgency)}</Fact>
        <Fact name="Opened">
          <Time>{ticket.created_at}</Time>
        </Fact>
        {ticket.resolved_at != null && (
          <Fact name="Resolved">
            <ExactTime>{ticket.resolved_at}</ExactTime>
          </Fact>
        )}
        {ticket.closed_at != null && (
          <Fact name="Closed">
            <ExactTime>{ticket.closed_at}</ExactTime>
          </Fact>
        )}
        {followers.length > 0 && <Fact name="Followers">{followers.map(({ name }) => name ?? GONE_PERSON).join(', ')}</Fact>}
        {rating != null && (
          <Fact name="Rating">
            <Rating readOnly size="small" value={rating.score} aria-label={`${rating.score} of 5`} />
          </Fact>
        )}
      </Facts>
      {rating != null && rating.comment !== '' && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>
          “{rating.comment}”
        </Typography>
      )}
      {tags.length > 0 && <TagList tags={tags} sees={sees} />}
    </Stack>
  );
}

function RateSection({ ticket }: { ticket: Ticket }) {
  const { rate } = useTicketChanges(ticket.id, undefined);
  return (
    <Section title="How content are you?" about="Once, and it is read by those who solved it.">
      <Rate rate={rate.mutateAsync} />
    </Section>
  );
}

function DeskPanels({ ticket, works }: { ticket: Ticket; works: boolean }) {
  const levels = useServiceLevels().data?.data;
  const reads = useCan()('catalog.articles.read');
  const groups = useMemo(() => {
    const all = [...(levels?.groups ?? []), ...(ticket.group == null ? [] : [ticket.group])];
    return new Map(all.map(({ id, name }) => [id, name ?? GONE_GROUP]));
  }, [levels, ticket.group]);
  return (
    <>
      <Section title="Clocks">
        <ClocksPanel id={ticket.id} groups={groups} />
      </Section>
      <Section title="Escalation">
        <EscalationPanel id={ticket.id} works={works && !isDone(ticket.state)} />
      </Section>
      <Section title="Links">
        <LinksPanel id={ticket.id} number={ticket.number} works={works} />
      </Section>
      {reads && (
        <Section title="Knowledge">
          <KnowledgePanel ticket={ticket} works={works} />
        </Section>
      )}
    </>
  );
}

function History({ events: { items, error, more, loadingMore, reload } }: { events: ReturnType<typeof useHistory> }) {
  const happenings = useMemo(() => history(items ?? []), [items]);
  if (items === undefined) return error === null ? <LoadingRows rows={3} /> : <Failed problem={error} retry={reload} />;
  return (
    <>
      <Timeline happenings={happenings} />
      {more !== undefined && (
        <Button size="small" sx={{ mt: 1 }} onClick={more} loading={loadingMore}>
          Show more
        </Button>
      )}
    </>
  );
}
