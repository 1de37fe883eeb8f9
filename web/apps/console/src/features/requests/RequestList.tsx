/** Requests, found by number or item, and narrowed by state, item and whose they are. */
import type { CostCentre, ItemSummary, RequestSummary } from '@itechsmart/api';
import { Button, Chip, Stack, Typography } from '@mui/material';
import { ClipboardList } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Pages } from '#shared/api/usePages';
import { Price } from '#shared/catalog/Price';
import { RequestState } from '#shared/catalog/RequestState';
import { requestStates } from '#shared/catalog/states';
import { GONE_PERSON } from '#shared/catalog/words';
import { stretchWords } from '#shared/format/stretch';
import { Choose, type Named } from '#shared/ui/Choose';
import { PagedList, type Column } from '#shared/ui/List';
import { Section } from '#shared/ui/Page';
import { SearchField } from '#shared/ui/SearchField';
import { Empty } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { PersonFilter } from './PersonFilter';
import { APPROVED, filterNames, NO_CENTRE, noFilter, type Filter } from './useRequests';

const states: readonly Named[] = [['', 'Any'], ...Object.entries(requestStates).map(([value, { word }]): Named => [value, word]), [APPROVED, 'Approved, done or not']];

const name: Column<RequestSummary> = {
  title: 'Request',
  breaks: true,
  render: ({ number, item_name, bundle_name }) => (
    <>
      {number} · {item_name}
      {bundle_name != null && (
        <Typography component="span" variant="caption" color="textSecondary" sx={{ display: 'block' }}>
          Part of “{bundle_name}”
        </Typography>
      )}
    </>
  ),
};
const state: Column<RequestSummary> = { title: 'State', width: 190, render: (request) => <RequestState state={request.state} /> };
const whom: Column<RequestSummary> = { title: 'For', breaks: true, render: ({ requested_for }) => requested_for.name ?? GONE_PERSON };
const by: Column<RequestSummary> = { title: 'By', breaks: true, from: 'md', render: ({ requester }) => requester.name ?? GONE_PERSON };
const cost: Column<RequestSummary> = { title: 'Price', width: 120, align: 'right', from: 'md', render: (request) => <Price of={request.price} /> };
const made: Column<RequestSummary> = { title: 'Sent', width: 140, render: ({ created_at }) => <Time>{created_at}</Time> };
const ended: Column<RequestSummary> = { title: 'Ended', width: 140, from: 'lg', render: ({ ended_at }) => <Time none="–">{ended_at}</Time> };

const columns = [name, state, whom, by, cost, made, ended];

interface RequestListProps {
  label: string;
  requests: Pages<RequestSummary>;
  items: readonly ItemSummary[] | undefined;
  /** To narrow by, for who sees everybody's. */
  centres?: readonly CostCentre[] | undefined;
  /** Whether they are everybody's, to be narrowed by person. */
  byPerson?: boolean;
  filter: Filter;
  onFilter: (filter: Partial<Filter>) => void;
  empty: { title: string; about: string; action?: ReactNode };
}

export function RequestList({ label, requests, items = [], centres, byPerson = false, filter, onFilter, empty }: RequestListProps) {
  const filtered = filterNames.some((name) => filter[name] !== '');
  const sent = stretchWords('Sent', filter);
  const wide = { width: { xs: '100%', sm: 220 } } as const;
  return (
    <Section
      flush
      actions={
        <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap', width: '100%', alignItems: 'center', '& > .MuiFormControl-root': wide }}>
          <SearchField label="Search requests" hint="Number or item" width={220} value={filter.text} onChange={(text) => onFilter({ text })} />
          <Choose label="State" value={filter.state} options={states} onChange={(state) => onFilter({ state })} />
          {(items.length > 0 || filter.item !== '') && <Choose label="Item" value={filter.item} options={[['', 'Any'], ...items.map(({ id, name }): Named => [id, name])]} onChange={(item) => onFilter({ item })} />}
          {centres !== undefined && <Choose label="Cost centre" value={filter.centre} options={[['', 'Any'], [NO_CENTRE, 'No cost centre'], ...centres.map(({ id, code, name }): Named => [id, `${code} ${name}`])]} onChange={(centre) => onFilter({ centre })} />}
          {byPerson && <PersonFilter id={filter.person} onChange={(person) => onFilter({ person })} requests={requests.items} />}
          {sent !== undefined && <Chip label={sent} onDelete={() => onFilter({ from: '', until: '' })} sx={{ maxWidth: '100%' }} />}
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
            <Empty icon={ClipboardList} title="No request matches" action={<Button onClick={() => onFilter(noFilter)}>Clear the filter</Button>} />
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
