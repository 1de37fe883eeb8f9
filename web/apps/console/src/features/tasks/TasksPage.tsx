/** What is to be done for requests: by the caller, and by everybody for who hands it out. */
import { Tab, Tabs } from '@mui/material';
import { useCan } from '#shared/session/useMe';
import { Page } from '#shared/ui/Page';
import { useFilters } from '#shared/ui/useFilters';
import { AllTasks } from './AllTasks';
import { MyTasks } from './MyTasks';
import { noFilter } from './useTasks';

export default function TasksPage() {
  const [{ view }, set] = useFilters(['view', 'state', 'group']);
  const can = useCan();
  const [works, oversees] = [can('catalog.tasks.write'), can('catalog.all-tasks.write')];
  const shown = oversees && (view === 'all' || !works) ? 'all' : 'mine';
  return (
    <Page
      title={shown === 'all' ? 'All tasks' : 'My tasks'}
      about={shown === 'all' ? 'Everybody’s tasks, and those of automation. The oldest first.' : 'What is yours to do, and what your groups have to do and nobody has taken. The oldest first.'}
    >
      {works && oversees && (
        <Tabs value={shown} onChange={(_, next: string) => set({ view: next === 'mine' ? '' : next, ...noFilter })} aria-label="Tasks" sx={{ borderBottom: 1, borderColor: 'divider' }}>
          <Tab value="mine" label="My tasks" />
          <Tab value="all" label="All tasks" />
        </Tabs>
      )}
      {shown === 'all' ? <AllTasks /> : <MyTasks />}
    </Page>
  );
}
