/** Everybody's tasks; also those of automation, which are in nobody's list when they fail. */
import type { TaskSummary } from '@itechsmart/api';
import { Button, Stack } from '@mui/material';
import { CheckCheck } from 'lucide-react';
import { useGroups } from '#shared/api/useGroups';
import { taskStates } from '#shared/catalog/states';
import { Choose, type Named } from '#shared/ui/Choose';
import { PagedList, type Column } from '#shared/ui/List';
import { Section } from '#shared/ui/Page';
import { Empty } from '#shared/ui/states';
import { useFilters } from '#shared/ui/useFilters';
import { columns, requestOf } from './columns';
import { FailedTask } from './FailedTask';
import { filterNames, noFilter, useAllTasks } from './useTasks';

const states: readonly Named[] = [['', 'To be seen to'], ...Object.entries(taskStates).map(([value, { word }]): Named => [value, word])];

const all: Column<TaskSummary>[] = [
  ...columns,
  { title: 'Why', breaks: true, from: 'lg', render: ({ reason }) => reason ?? '' },
  { title: 'Actions', actions: true, render: (task) => <FailedTask task={task} /> },
];

export function AllTasks() {
  const [filter, setFilter] = useFilters(filterNames);
  const groups = useGroups().data ?? [];
  const filtered = filterNames.some((name) => filter[name] !== '');
  const wide = { width: { xs: '100%', sm: 220 } } as const;
  return (
    <Section
      flush
      actions={
        <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', width: '100%', '& > .MuiFormControl-root': wide }}>
          <Choose label="State" value={filter.state} options={states} onChange={(state) => setFilter({ state })} />
          {groups.length > 0 && <Choose label="Group" value={filter.group} options={[['', 'Any, or automation'], ...groups.map(({ id, name }): Named => [id, name])]} onChange={(group) => setFilter({ group })} />}
        </Stack>
      }
    >
      <PagedList
        label="All tasks"
        columns={all}
        pages={useAllTasks(filter)}
        id={({ id }) => id}
        to={requestOf}
        empty={
          filtered ? (
            <Empty icon={CheckCheck} title="No task matches" action={<Button onClick={() => setFilter(noFilter)}>Clear the filter</Button>} />
          ) : (
            <Empty icon={CheckCheck} title="Nothing is to be seen to">
              Tasks that are open, have failed or were not answered in time appear here.
            </Empty>
          )
        }
      />
    </Section>
  );
}
