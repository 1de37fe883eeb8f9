/** What the caller reported, and what was reported for them. */
import type { TicketSummary } from '@itechsmart/api';
import { Button, MenuItem, Stack, TextField } from '@mui/material';
import { LifeBuoy } from 'lucide-react';
import { Link } from 'react-router';
import { ownState, ticketStates } from '#shared/catalog/tickets';
import { useCan } from '#shared/session/useMe';
import { PagedList, type Column } from '#shared/ui/List';
import { Page, Section } from '#shared/ui/Page';
import { SearchField } from '#shared/ui/SearchField';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useFilters } from '#shared/ui/useFilters';
import { ANY_STATE, DONE, noFilter, toQuery } from './filters';
import { Priority, TicketState } from './TicketState';
import { useTicketNews } from './useTicketNews';
import { useMyTickets } from './useTickets';

const columns: readonly Column<TicketSummary>[] = [
  { title: 'Ticket', breaks: true, render: ({ number, title }) => `#${number} · ${title}` },
  { title: 'State', width: 200, render: ({ state }) => <TicketState own state={state} /> },
  { title: 'Priority', width: 90, from: 'md', render: ({ priority }) => <Priority priority={priority} /> },
  { title: 'Opened', width: 140, render: ({ created_at }) => <Time>{created_at}</Time> },
  { title: 'Last touched', width: 140, render: ({ updated_at }) => <Time>{updated_at}</Time> },
];

export default function MyTicketsPage() {
  const [filter, setFilter] = useFilters(['text', 'state']);
  useTicketNews();
  // All of one's own, unless told otherwise: whoever looks for one does not know whether it is done.
  const state = filter.state === '' ? ANY_STATE : filter.state === 'open' ? '' : filter.state;
  const sort = filter.text === '' ? 'created' : 'relevance';
  const tickets = useMyTickets(toQuery({ ...noFilter, text: filter.text, state, sort }));
  const report = useCan()('catalog.tickets.write') && (
    <Button variant="contained" component={Link} to="/service-catalog/tickets/new" startIcon={<LifeBuoy size={16} aria-hidden />}>
      Report a problem
    </Button>
  );
  const filtered = filter.text !== '' || filter.state !== '';
  return (
    <Page title="My tickets" about="What you reported, and what was reported for you." actions={report}>
      <Section
        flush
        actions={
          <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', width: '100%' }}>
            <SearchField label="Search my tickets" value={filter.text} onChange={(text) => setFilter({ text })} />
            <TextField
              select
              label="State"
              value={filter.state}
              onChange={(event) => setFilter({ state: event.target.value })}
              sx={{ width: { xs: '100%', sm: 220 } }}
              slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
            >
              <MenuItem value="">Any</MenuItem>
              <MenuItem value="open">All open</MenuItem>
              <MenuItem value={DONE}>All done</MenuItem>
              {Object.keys(ticketStates)
                .filter((one) => one !== 'open')
                .map((one) => (
                  <MenuItem key={one} value={one}>
                    {ownState(one).word}
                  </MenuItem>
                ))}
            </TextField>
          </Stack>
        }
      >
        <PagedList
          label="My tickets"
          columns={columns}
          pages={tickets}
          id={({ id }) => id}
          to={({ id }) => `/service-catalog/tickets/${id}`}
          empty={
            filtered ? (
              <Empty icon={LifeBuoy} title="No ticket matches" action={<Button onClick={() => setFilter({ text: '', state: '' })}>Clear the filter</Button>} />
            ) : (
              <Empty icon={LifeBuoy} title="You have reported nothing yet" action={report}>
                When something does not work, say so here, and see how it goes on.
              </Empty>
            )
          }
        />
      </Section>
    </Page>
  );
}
