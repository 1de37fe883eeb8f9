import type { TaskSummary } from '@itechsmart/api';
import { taskStates } from '#shared/catalog/states';
import { whose } from '#shared/catalog/tasks/taskWords';
import { GONE_PERSON } from '#shared/catalog/words';
import type { Column } from '#shared/ui/List';
import { State } from '#shared/ui/State';
import { Time } from '#shared/ui/Time';

export const requestOf = ({ request_id }: TaskSummary) => `/service-catalog/requests/${request_id}`;

export const columns: Column<TaskSummary>[] = [
  { title: 'Task', breaks: true, render: ({ name }) => name },
  { title: 'Request', breaks: true, render: ({ request_number, item_name }) => `${request_number} · ${item_name}` },
  { title: 'State', width: 170, render: ({ state }) => <State tone={taskStates[state].tone}>{taskStates[state].word}</State> },
  { title: 'Whose', breaks: true, render: whose },
  { title: 'For', breaks: true, from: 'md', render: ({ requested_for }) => requested_for.name ?? GONE_PERSON },
  { title: 'Since', width: 140, render: ({ opened_at }) => <Time none="–">{opened_at}</Time> },
];
