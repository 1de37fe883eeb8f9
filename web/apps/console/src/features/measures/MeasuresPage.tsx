/** What is measured of tickets and requests. What it is narrowed to stands in the address. */
import { Tab, Tabs } from '@mui/material';
import { Page } from '#shared/ui/Page';
import { useFilters } from '#shared/ui/useFilters';
import { BacklogView } from './BacklogView';
import { RequestsView } from './RequestsView';
import { TicketsView } from './TicketsView';

const names = ['view', 'period', 'from', 'until', 'by', 'chart', 'group', 'tier', 'priority', 'kind', 'item', 'centre'] as const;
export type MeasuresFilter = Record<(typeof names)[number], string>;
export type SetFilter = (changes: Partial<MeasuresFilter>) => void;

const views = [
  { value: 'tickets', title: 'Tickets' },
  { value: 'requests', title: 'Requests' },
  { value: 'backlog', title: 'Backlog' },
] as const;

export default function MeasuresPage() {
  const [filter, set] = useFilters(names);
  const shown = views.find(({ value }) => value === filter.view)?.value ?? 'tickets';
  return (
    <Page title="Measures" about="How the desk and the catalog do. Each ticket and request counts on the day, by UTC, on which it came in, as things stand with it now.">
      <Tabs
        value={shown}
        onChange={(_, next: string) => set({ view: next === 'tickets' ? '' : next, by: '', chart: '' })}
        aria-label="Measures"
        variant="scrollable"
        scrollButtons={false}
        sx={{ borderBottom: 1, borderColor: 'divider' }}
      >
        {views.map(({ value, title }) => (
          <Tab key={value} value={value} label={title} />
        ))}
      </Tabs>
      {shown === 'tickets' && <TicketsView filter={filter} set={set} />}
      {shown === 'requests' && <RequestsView filter={filter} set={set} />}
      {shown === 'backlog' && <BacklogView filter={filter} set={set} />}
    </Page>
  );
}
