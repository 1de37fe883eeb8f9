/** Major incidents: what goes on first, then what is over. */
import type { MajorIncidentSummary } from '@itechsmart/api';
import { Button } from '@mui/material';
import { CircleCheck, Flame, SquarePen } from 'lucide-react';
import { Link } from 'react-router';
import { incidentPath, incidentState } from '#shared/catalog/incidents';
import { useCan } from '#shared/session/useMe';
import { PagedList, type Column } from '#shared/ui/List';
import { Page, Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { PriorityMark } from '#shared/catalog/PriorityMark';
import { useIncidents } from './useIncidents';

const shared: readonly Column<MajorIncidentSummary>[] = [
  { title: 'Major incident', breaks: true, render: ({ number, title }) => `#${number} · ${title}` },
  {
    title: 'State',
    width: 180,
    render: ({ state }) => {
      const { tone, word } = incidentState(state);
      return <State tone={tone}>{word}</State>;
    },
  },
  { title: 'Priority', width: 90, render: ({ priority }) => <PriorityMark priority={priority} /> },
  { title: 'Declared', width: 150, render: ({ declared_at }) => <Time>{declared_at}</Time> },
];
const over: readonly Column<MajorIncidentSummary>[] = [...shared, { title: 'Resolved', width: 150, render: ({ resolved_at }) => <Time>{resolved_at}</Time> }];

export default function IncidentsPage() {
  const [current, past] = [useIncidents(true), useIncidents(false)];
  const templates = useCan()('catalog.review-template.write');
  return (
    <Page
      title="Major incidents"
      about="What stops many people at once: led by a commander, told to all who are affected, and reviewed. One is declared on the page of its ticket, which is P1 or P2."
      actions={
        templates && (
          <Button variant="outlined" component={Link} to="/service-catalog/review-template" startIcon={<SquarePen size={15} aria-hidden />}>
            Review template
          </Button>
        )
      }
    >
      <Section flush title="Going on">
        <PagedList label="Major incidents that go on" columns={shared} pages={current} id={({ id }) => id} to={({ id }) => incidentPath(id)} empty={<Empty icon={CircleCheck} title="There is no major incident">Nothing that stops many people is known.</Empty>} />
      </Section>
      <Section flush title="Over">
        <PagedList label="Major incidents that are over" columns={over} pages={past} id={({ id }) => id} to={({ id }) => incidentPath(id)} empty={<Empty icon={Flame} title="There was none yet">Those that are resolved stand here, with what was learned.</Empty>} />
      </Section>
    </Page>
  );
}
