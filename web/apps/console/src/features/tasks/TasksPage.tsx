/** Tasks that are the caller's, and those of their groups that are nobody's. */
import type { TaskSummary } from '@itechsmart/api';
import { CheckCheck } from 'lucide-react';
import { useCatalogPages } from '#shared/api/useCatalog';
import { taskStates } from '#shared/catalog/states';
import { GONE_PERSON } from '#shared/catalog/words';
import { PagedList, type Column } from '#shared/ui/List';
import { Page, Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';

const REFRESH_MS = 20_000;

const columns: Column<TaskSummary>[] = [
  { title: 'Task', breaks: true, render: ({ name }) => name },
  { title: 'Request', breaks: true, render: ({ request_number, item_name }) => `${request_number} · ${item_name}` },
  { title: 'State', width: 170, render: ({ state }) => <State tone={taskStates[state].tone}>{taskStates[state].word}</State> },
  { title: 'Whose', breaks: true, render: ({ assignee, group }) => assignee?.name ?? group?.name ?? 'Automation' },
  { title: 'For', breaks: true, from: 'md', render: ({ requested_for }) => requested_for.name ?? GONE_PERSON },
  { title: 'Since', width: 140, render: ({ opened_at }) => <Time none="–">{opened_at}</Time> },
];

export default function TasksPage() {
  const tasks = useCatalogPages<TaskSummary>(['catalog.tasks', 'own'], '/my/tasks', {}, { refetchInterval: REFRESH_MS });
  return (
    <Page title="My tasks" about="What is yours to do, and what your groups have to do and nobody has taken. The oldest first.">
      <Section flush>
        <PagedList
          label="Tasks"
          columns={columns}
          pages={tasks}
          id={({ id }) => id}
          to={({ request_id }) => `/service-catalog/requests/${request_id}`}
          empty={
            <Empty icon={CheckCheck} title="Nothing is to be done">
              Tasks of approved requests appear here by themselves.
            </Empty>
          }
        />
      </Section>
    </Page>
  );
}
