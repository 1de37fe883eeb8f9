/** A major incident: how it stands, who leads what, what happened, whom it concerns, and its review. */
import type { MajorIncident, MajorIncidentState, Read } from '@itechsmart/api';
import { Alert, Box, Button, Menu, MenuItem, Stack, Typography } from '@mui/material';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { bulkOutcome, bulkSentence } from '#shared/catalog/bulkWords';
import { incidentPath, incidentState, incidentStates, isActive } from '#shared/catalog/incidents';
import { isDone } from '#shared/catalog/tickets';
import { PriorityMark } from '#shared/catalog/PriorityMark';
import { duration } from '#shared/format/time';
import { useCan } from '#shared/session/useMe';
import { Confirm } from '#shared/ui/dialogs';
import { Markdown } from '#shared/ui/Markdown';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Page, Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Time, useNow } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { IncidentTimeline } from './page/IncidentTimeline';
import { PublicPart } from './page/PublicPart';
import { RefusedTickets, ResolveDialog, ticketsOf } from './page/ResolveDialog';
import { Roles } from './page/Roles';
import { Tickets } from './page/Tickets';
import { useIncidentChanges } from './useIncidentChanges';
import { useIncident } from './useIncidents';

const incidentsPlace = { title: 'Major incidents', to: '/service-catalog/major-incidents' };
const steps: readonly MajorIncidentState[] = ['investigating', 'identified', 'monitoring'];

export default function IncidentPage() {
  const { id = '' } = useParams();
  return (
    <ObjectPage title="Major incident" parent={incidentsPlace} object={useIncident(id)}>
      {(read) => <Content key={read.data.id} read={read} />}
    </ObjectPage>
  );
}

function Content({ read: { data: incident, etag } }: { read: Read<MajorIncident> }) {
  const can = useCan();
  const leads = can('catalog.major-incidents.write');
  const [refused, setRefused] = useState<readonly string[]>([]);
  // One that is reviewed is history.
  const writes = leads && incident.state !== 'reviewed';
  const { tone, word } = incidentState(incident.state);
  const now = useNow();
  const until = incident.resolved_at == null ? now : Date.parse(incident.resolved_at);
  const minutes = Math.max(0, Math.floor((until - Date.parse(incident.declared_at)) / 60_000));
  return (
    <Page
      title={`#${incident.number} · ${incident.title}`}
      parent={incidentsPlace}
      about={
        <Stack direction="row" sx={{ gap: 1.5, alignItems: 'center', flexWrap: 'wrap', mt: 0.5 }}>
          <PriorityMark priority={incident.priority} />
          <State tone={tone}>{word}</State>
          <span>
            Declared <Time>{incident.declared_at}</Time>, {isActive(incident.state) ? 'and goes on for' : 'and took'} {minutes === 0 ? 'less than a minute' : duration(minutes)}
          </span>
        </Stack>
      }
      actions={leads && <Actions incident={incident} etag={etag} onRefused={setRefused} />}
    >
      <RefusedTickets refused={refused} onClose={() => setRefused([])} />
      <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) 380px' } }}>
        <Stack sx={{ gap: 2, minWidth: 0 }}>
          {incident.solution != null && (
            <Section title="Solution">
              <Markdown>{incident.solution}</Markdown>
            </Section>
          )}
          <Section title="Timeline">
            <IncidentTimeline incident={incident} writes={writes} />
          </Section>
        </Stack>
        <Stack sx={{ gap: 2, minWidth: 0 }}>
          <Section title="Roles">
            <Roles incident={incident} etag={etag} writes={writes} />
          </Section>
          <Section title="Status page">
            <PublicPart incident={incident} etag={etag} writes={writes} />
          </Section>
          <Section title="Tickets">
            <Tickets incident={incident} writes={writes} />
          </Section>
          <Section title="Review">
            <ReviewPart incident={incident} writes={leads} />
          </Section>
        </Stack>
      </Box>
    </Page>
  );
}

interface ActionsProps {
  incident: MajorIncident;
  etag: string | undefined;
  onRefused: (refused: readonly string[]) => void;
}

function Actions({ incident, etag, onRefused }: ActionsProps) {
  const { move, resolveTickets } = useIncidentChanges(incident.id, etag);
  const works = useCan()('catalog.all-tickets.write');
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [resolving, setResolving] = useState(false);
  const toast = useToast();
  const { state } = incident;
  const go = (to: MajorIncidentState) =>
    move.mutate({ to }, { onSuccess: () => toast(`It is: ${incidentStates[to].word.toLowerCase()}.`), onError: (problem) => problem.kind !== 'stale' && toast(problem.detail, 'error') });
  if (state === 'reviewed') return null;
  if (state === 'resolved') {
    const isOpen = incident.tickets.some((ticket) => !isDone(ticket.state));
    return (
      <>
        <Confirm
          title="Investigate it again?"
          submit="Investigate again"
          act={() => move.mutateAsync({ to: 'investigating' })}
          trigger={(open) => (
            <Button variant="outlined" onClick={open}>
              It is back…
            </Button>
          )}
        >
          It goes on, and its solution counts no more. Tickets that were resolved with it stay so: reopen those that are back.
        </Confirm>
        {works && isOpen && (
          <Confirm
            title="Resolve its tickets?"
            submit="Resolve tickets"
            act={async () => {
              const outcome = bulkOutcome(await resolveTickets.mutateAsync(undefined), ticketsOf(incident));
              onRefused(outcome.refused.map(({ text }) => text));
              toast(bulkSentence(outcome, 'resolved'));
            }}
            trigger={(open) => (
              <Button variant="outlined" onClick={open}>
                Resolve its tickets…
              </Button>
            )}
          >
            Those that are not done yet are resolved with its solution, and their requesters are told.
          </Confirm>
        )}
        {incident.is_review_published && (
          <Confirm
            title="Is it over?"
            submit="Mark as reviewed"
            act={async () => {
              await move.mutateAsync({ to: 'reviewed' });
              toast('It is reviewed, and history.');
            }}
            trigger={(open) => (
              <Button variant="contained" onClick={open}>
                Mark as reviewed
              </Button>
            )}
          >
            Nothing of it changes any more: no roles, no tickets, no updates. What its review asks for is still done.
          </Confirm>
        )}
      </>
    );
  }
  return (
    <>
      <Button variant="outlined" disabled={move.isPending} endIcon={<ChevronDown size={14} aria-hidden />} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        Set state
      </Button>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {steps.map((to) => (
          <MenuItem
            key={to}
            disabled={to === state}
            onClick={() => {
              setAnchor(null);
              go(to);
            }}
          >
            {incidentStates[to].word}
          </MenuItem>
        ))}
      </Menu>
      <Button variant="contained" onClick={() => setResolving(true)}>
        Resolve…
      </Button>
      {resolving && <ResolveDialog incident={incident} move={move.mutateAsync} resolveTickets={() => resolveTickets.mutateAsync(undefined)} onDone={onRefused} onClose={() => setResolving(false)} />}
    </>
  );
}

function ReviewPart({ incident, writes }: { incident: MajorIncident; writes: boolean }) {
  const { begin } = useIncidentChanges(incident.id, undefined);
  const navigate = useNavigate();
  const toast = useToast();
  const to = `${incidentPath(incident.id)}/review`;
  if (incident.has_review) {
    return (
      <Stack sx={{ gap: 1, alignItems: 'start' }}>
        <State tone={incident.is_review_published ? 'success' : 'info'}>{incident.is_review_published ? 'Published' : 'Being written'}</State>
        <Button variant="outlined" component={Link} to={to}>
          {incident.is_review_published || !writes ? 'Read the review' : 'Write the review'}
        </Button>
      </Stack>
    );
  }
  return (
    <Stack sx={{ gap: 1, alignItems: 'start' }}>
      <Typography variant="body2" color="textSecondary">
        What happened, why, and what is done so that it does not happen again. It begins with the timeline as it is.
      </Typography>
      {isActive(incident.state) && writes && <Alert severity="info">Once it is resolved, its timeline is whole.</Alert>}
      {writes && (
        <Button variant="outlined" loading={begin.isPending} onClick={() => begin.mutate(undefined, { onSuccess: () => void navigate(to), onError: (problem) => toast(problem.detail, 'error') })}>
          Begin the review
        </Button>
      )}
    </Stack>
  );
}
