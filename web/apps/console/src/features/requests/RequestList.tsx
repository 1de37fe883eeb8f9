/** Requests, narrowed by state and item. */
import type { ItemSummary, RequestSummary } from '@itechsmart/api';
import { Button, MenuItem, Stack, TextField } from '@mui/material';
import { ClipboardList } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Pages } from '#shared/api/usePages';
import { RequestState } from '#shared/catalog/RequestState';
import { requestStates } from '#shared/catalog/states';
import { GONE_PERSON } from '#shared/catalog/words';
import { price } from '#shared/format/decimal';
import { PagedList, type Column } from '#shared/ui/List';
import { Section } from '#shared/ui/Page';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import type { Filter } from './useRequests';

const name: Column<RequestSummary> = {
  title: 'Request',
  breaks: true,
  render: ({ number, item_name }) => `${number} · ${item_name}`,
};
const state: Column<RequestSummary> = { title: 'State', width: 190, render: (request) => <RequestState state={request.state} /> };
const whom: Column<RequestSummary> = { title: 'For', breaks: true, render: ({ requested_for }) => requested_for.name ?? GONE_PERSON };
const by: Column<RequestSummary> = { title: 'By', breaks: true, from: 'md', render: ({ requester }) => requester.name ?? GONE_PERSON };
const cost: Column<RequestSummary> = { title: 'Price', width: 120, align: 'right', from: 'md', render: (request) => price(request.price) };
const made: Column<RequestSummary> = { title: 'Sent', width: 140, render: ({ created_at }) => <Time>{created_at}</Time> };
const ended: Column<RequestSummary> = { title: 'Ended', width: 140, from: 'lg', render: ({ ended_at }) => <Time none="–">{ended_at}</Time> };

const columns = [name, state, whom, by, cost, made, ended];

interface RequestListProps {
  label: string;
  requests: Pages<RequestSummary>;
  items: readonly ItemSummary[] | undefined;
  filter: Filter;
  onFilter: (filter: Partial<Filter>) => void;
  empty: { title: string; about: string; action?: ReactNode };
}

export function RequestList({ label, requests, items = [], filter, onFilter, empty }: RequestListProps) {
  const filtered = filter.state !== '' || filter.item !== '';
  return (
    <Section
      flush
      actions={
        <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', width: '100%' }}>
          <TextField select label="State" value={filter.state} onChange={(event) => onFilter({ state: event.target.value })} sx={{ width: { xs: '100%', sm: 200 } }}>
            <MenuItem value="">Any</MenuItem>
            {Object.entries(requestStates).map(([value, { word }]) => (
              <MenuItem key={value} value={value}>
                {word}
              </MenuItem>
            ))}
          </TextField>
          {(items.length > 0 || filter.item !== '') && (
            <TextField
              select
              label="Item"
              value={items.some(({ id }) => id === filter.item) ? filter.item : ''}
              onChange={(event) => onFilter({ item: event.target.value })}
              sx={{ width: { xs: '100%', sm: 240 } }}
            >
              <MenuItem value="">Any</MenuItem>
              {items.map((item) => (
                <MenuItem key={item.id} value={item.id}>
                  {item.name}
                </MenuItem>
              ))}
            </TextField>
          )}
        </Stack>
      }
    >
      <PagedList
        label={label}
        columns={columns}
        pages={requests}
        id={(request) => request.id}
        to={(request) => `/service-catalog/requests/${request.id}`}
        empty={
          filtered ? (
            <Empty icon={ClipboardList} title="No request matches" action={<Button onClick={() => onFilter({ state: '', item: '' })}>Clear the filter</Button>} />
          ) : (
            <Empty icon={ClipboardList} title={empty.title} action={empty.action}>
              {empty.about}
            </Empty>
          )
        }
      />
    </Section>
  );
}
