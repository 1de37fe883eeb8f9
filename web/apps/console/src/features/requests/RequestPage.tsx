/** A request: where it stands, what was asked for, who decided and why, and the caller's decision. */
import type { CatalogRequest, Problem, Read } from '@itechsmart/api';
import { Box, Button, Link, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { Link as RouterLink, useParams } from 'react-router';
import { useItem } from '#shared/api/useItem';
import { AuditTrail } from '#shared/catalog/AuditTrail';
import { FilesPanel } from '#shared/catalog/files/FilesPanel';
import { Answered } from '#shared/catalog/form/Answered';
import { Price } from '#shared/catalog/Price';
import { Rate } from '#shared/catalog/Rate';
import { RequestState } from '#shared/catalog/RequestState';
import { Stages } from '#shared/catalog/Stages';
import { GONE_PERSON, namesOf } from '#shared/catalog/words';
import { useCan } from '#shared/session/useMe';
import { Confirm } from '#shared/ui/dialogs';
import { None } from '#shared/ui/None';
import { ObjectPage } from '#shared/ui/ObjectPage';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { FormProblem } from '#shared/ui/states';
import { ExactTime } from '#shared/ui/Time';
import { Timeline } from '#shared/ui/Timeline';
import { useToast } from '#shared/ui/toast';
import { Decide } from './Decide';
import { Notes } from './Notes';
import { Outcome } from './Outcome';
import { Tasks } from './Tasks';
import { takingBack } from './takingBack';
import { timeline } from './timeline';
import { Together } from './Together';
import { useRequest } from './useRequest';
import { useRequestChanges } from './useRequestChanges';

const parent = { title: 'My requests', to: '/service-catalog/requests' };
const approvals = { title: 'Approvals', to: '/service-catalog/approvals' };
const tasks = { title: 'My tasks', to: '/service-catalog/tasks' };

export default function RequestPage() {
  const { id = '' } = useParams();
  return (
    <ObjectPage title="Request" parent={parent} object={useRequest(id)}>
      {(read) => <Content key={read.data.id} read={read} />}
    </ObjectPage>
  );
}

function Content({ read: { data: request, etag } }: { read: Read<CatalogRequest> }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const can = useCan();
  const stage = request.may_decide_stage;
  const works = request.state === 'fulfilling' && request.tasks.some(({ may_work }) => may_work);
  const names = namesOf({ people: request.people, groups: [] });
  return (
    <Page
      title={`${request.number} · ${request.item_name}`}
      about={<RequestState state={request.state} />}
      parent={stage != null ? approvals : works ? tasks : parent}
      actions={
        <>
          <AuditTrail id={request.id} />
          {request.may_cancel && <Cancel request={request} etag={etag} />}
        </>
      }
    >
      {stage == null && <FormProblem problem={problem} />}
      <Outcome request={request} etag={etag} />
      <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) 380px' } }}>
        <Stack sx={{ gap: 2, minWidth: 0, gridColumn: { lg: 1 }, gridRow: { lg: '1 / span 2' } }}>
          <Section title="Request">
            <About request={request} />
          </Section>
          <Section title="What is asked for">
            <Stack sx={{ gap: 2 }}>
              {request.description !== '' && (
                <Typography variant="body2" color="textSecondary" sx={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
                  {request.description}
                </Typography>
              )}
              <Answered form={request.form} answers={request.answers} names={names} labels={request.labels} downloads={can('catalog.files.read')} />
            </Stack>
          </Section>
          <Section title="Files">
            <FilesPanel of={`/requests/${request.id}`} attaches={can('catalog.requests.write')} internal={request.reads_internal ? 'Internal: not for whoever asked' : undefined} oversees={can('catalog.all-tasks.write')} />
          </Section>
          <Section title="Notes">
            <Notes request={request} />
          </Section>
        </Stack>
        <Stack sx={{ gap: 2, minWidth: 0 }}>
          {stage != null && <Decide key={stage} request={request} stage={stage} etag={etag} onProblem={setProblem} />}
          {request.bundle != null && <Together bundle={request.bundle} />}
          {request.may_rate && (
            <Section title="How content are you?" about="Once, and it is read by those who did it.">
              <Rating request={request} />
            </Section>
          )}
          {request.tasks.length > 0 && (
            <Section title="Tasks">
              <Tasks request={request} />
            </Section>
          )}
          <Section title="Approval">
            <Stages stages={request.stages} />
          </Section>
          <Section title="Timeline">
            <Timeline happenings={timeline(request)} />
          </Section>
        </Stack>
      </Box>
    </Page>
  );
}

function About({ request }: { request: CatalogRequest }) {
  const { requester, requested_for, cost_centre: centre } = request;
  return (
    <Facts columns={3}>
      <Fact name="Item">
        <ItemLink request={request} />
      </Fact>
      <Fact name="Asked for by">{requester.name ?? GONE_PERSON}</Fact>
      <Fact name="For">{requested_for.name ?? GONE_PERSON}</Fact>
      <Fact name="Price"><Price of={request.price} /></Fact>
      <Fact name="Charged to">
        {centre == null ? <None word="No cost centre" /> : `${centre.code} ${centre.name} (${centre.owner.name ?? GONE_PERSON})`}
      </Fact>
      <Fact wide name="Sent">
        <ExactTime>{request.created_at}</ExactTime>
      </Fact>
      {request.ended_at != null && (
        <Fact wide name="Ended">
          <ExactTime>{request.ended_at}</ExactTime>
        </Fact>
      )}
    </Facts>
  );
}

function Rating({ request }: { request: CatalogRequest }) {
  const { rate } = useRequestChanges(request.id, undefined);
  return <Rate rate={rate.mutateAsync} />;
}

/** Leads to the item where the caller may see it still. */
function ItemLink({ request: { item_id, item_name, item_version } }: { request: CatalogRequest }) {
  const item = useItem(item_id, useCan()('catalog.items.read'));
  const text = `${item_name}, version ${item_version}`;
  if (item.data?.data.published == null) return text;
  return (
    <Link component={RouterLink} to={`/service-catalog/browse/${item_id}`}>
      {text}
    </Link>
  );
}

function Cancel({ request, etag }: { request: CatalogRequest; etag: string | undefined }) {
  const { cancel } = useRequestChanges(request.id, etag);
  const toast = useToast();
  return (
    <Confirm
      title={`Take request ${request.number} back?`}
      submit="Take it back"
      danger
      act={async () => {
        await cancel.mutateAsync(undefined);
        toast('The request is taken back.');
      }}
      trigger={(open) => (
        <Button variant="outlined" color="error" onClick={open}>
          Take back
        </Button>
      )}
    >
      {takingBack(request)}
    </Confirm>
  );
}
