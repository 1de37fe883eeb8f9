import type { RequestSummary } from '@itechsmart/api';
import { Button, MenuItem, TextField } from '@mui/material';
import { History } from 'lucide-react';
import { Price } from '#shared/catalog/Price';
import { RequestState } from '#shared/catalog/RequestState';
import { requestStates } from '#shared/catalog/states';
import { GONE_PERSON } from '#shared/catalog/words';
import { PagedList, type Column } from '#shared/ui/List';
import { Section } from '#shared/ui/Page';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useFilters } from '#shared/ui/useFilters';
import { useDecided } from './useApprovals';

const columns: Column<RequestSummary>[] = [
  { title: 'Request', breaks: true, render: ({ number, item_name }) => `${number} · ${item_name}` },
  { title: 'State now', width: 190, render: ({ state }) => <RequestState state={state} /> },
  { title: 'For', breaks: true, render: ({ requested_for }) => requested_for.name ?? GONE_PERSON },
  { title: 'Price', width: 120, align: 'right', from: 'md', render: (request) => <Price of={request.price} /> },
  { title: 'Sent', width: 140, render: ({ created_at }) => <Time>{created_at}</Time> },
];

export function Decided() {
  const [{ state }, set] = useFilters(['state']);
  return (
    <Section
      flush
      actions={
        <TextField select label="State now" value={state} onChange={(event) => set({ state: event.target.value })} sx={{ width: { xs: '100%', sm: 200 } }}>
          <MenuItem value="">Any</MenuItem>
          {Object.entries(requestStates).map(([value, { word }]) => (
            <MenuItem key={value} value={value}>
              {word}
            </MenuItem>
          ))}
        </TextField>
      }
    >
      <PagedList
        label="Decided by you"
        columns={columns}
        pages={useDecided(state)}
        id={(request) => request.id}
        to={(request) => `/service-catalog/requests/${request.id}`}
        empty={
          state === '' ? (
            <Empty icon={History} title="You have decided on nothing yet">
              What you approve or reject is kept here.
            </Empty>
          ) : (
            <Empty icon={History} title="No request matches" action={<Button onClick={() => set({ state: '' })}>Clear the filter</Button>} />
          )
        }
      />
    </Section>
  );
}
