/** Business calendars: when the desk is open. */
import type { CalendarSummary } from '@itechsmart/api';
import { Alert, Button } from '@mui/material';
import { CalendarClock, Plus } from 'lucide-react';
import { Link } from 'react-router';
import { useCan } from '#shared/session/useMe';
import { List, type Column } from '#shared/ui/List';
import { None } from '#shared/ui/None';
import { Page, Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { useCalendars } from './useCalendars';

const columns: readonly Column<CalendarSummary>[] = [
  { title: 'Calendar', breaks: true, render: ({ name }) => name },
  { title: 'Counts', width: 240, render: ({ is_default }) => (is_default ? <State tone="success">Default for what is opened</State> : <None word="Not the default" />) },
];

export default function CalendarsPage() {
  const { data, error, refetch } = useCalendars();
  const add = useCan()('catalog.calendars.write') && (
    <Button variant="contained" component={Link} to="/service-catalog/calendars/new" startIcon={<Plus size={16} aria-hidden />}>
      Create a calendar
    </Button>
  );
  const items = data?.data.items;
  const empty = (
    <Empty icon={CalendarClock} title="There is no calendar yet" action={add}>
      Without one all time counts, at night too. With one, only the hours in which people work.
    </Empty>
  );
  return (
    <Page title="Calendars" about="Business hours and holidays, by which targets and deadlines count." actions={add}>
      {items !== undefined && items.length > 0 && !items.some(({ is_default }) => is_default) && <Alert severity="info">No calendar is the default: tickets that are opened now count around the clock.</Alert>}
      <Section flush>
        {items === undefined ? (
          error === null ? (
            <LoadingRows rows={3} />
          ) : (
            <Failed problem={error} retry={() => void refetch()} />
          )
        ) : items.length === 0 ? (
          empty
        ) : (
          <List label="Calendars" columns={columns} items={items} id={({ id }) => id} to={({ id }) => `/service-catalog/calendars/${id}`} />
        )}
      </Section>
    </Page>
  );
}
