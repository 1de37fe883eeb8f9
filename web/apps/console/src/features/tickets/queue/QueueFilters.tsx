/** What a queue is narrowed to. */
import type { TicketSummary } from '@itechsmart/api';
import { Autocomplete, Box, Button, Chip, TextField, useMediaQuery } from '@mui/material';
import type { Theme } from '@mui/material/styles';
import { SlidersHorizontal } from 'lucide-react';
import { useDeferredValue, useState, type KeyboardEvent, type Ref } from 'react';
import { usePeople } from '#shared/api/usePeople';
import { priorities, ticketKinds, ticketStates, tiers } from '#shared/catalog/tickets';
import { useWorkingGroups } from '#shared/catalog/useDesk';
import { Choose, type Named } from '#shared/ui/Choose';
import { SearchField } from '#shared/ui/SearchField';
import { ANY_STATE, DONE, filterNames, isNarrowed, ME, measuredWords, NO_GROUP, noFilter, NOBODY, openedWords, type QueueFilter } from '../filters';

interface QueueFiltersProps {
  filter: QueueFilter;
  onFilter: (changes: Partial<QueueFilter>) => void;
  /** Where names are found that the address does not have. */
  tickets: readonly TicketSummary[] | undefined;
  search: Ref<HTMLDivElement>;
}

export function QueueFilters({ filter, onFilter, tickets, search }: QueueFiltersProps) {
  const { groups } = useWorkingGroups();
  const named = tickets?.[0]?.group;
  const shown = ['', NO_GROUP].includes(filter.group) || groups.some(({ id }) => id === filter.group) ? groups : [...groups, { id: filter.group, name: named?.name ?? 'A group' }];
  const choose = (name: keyof QueueFilter) => (value: string) => onFilter({ [name]: value });
  const opened = openedWords(filter);
  const phone = useMediaQuery((theme: Theme) => theme.breakpoints.down('sm'));
  const [open, setOpen] = useState(false);
  const narrowed = filterNames.filter((name) => !['text', 'sort'].includes(name) && filter[name] !== '').length;
  return (
    <Box sx={{ display: 'grid', gap: 1.25, rowGap: 1.5, width: '100%', alignItems: 'center', gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', md: 'minmax(200px, 2fr) repeat(3, minmax(0, 1fr))' } }}>
      <Box ref={search} onKeyDown={leave} sx={{ gridColumn: { xs: '1 / -1', md: 'auto' }, '& > *': { width: '100% !important' } }}>
        <SearchField label="Search tickets" hint="Words, tags or a number" value={filter.text} onChange={choose('text')} />
      </Box>
      {phone && (
        <Button color="inherit" variant="outlined" aria-expanded={open} startIcon={<SlidersHorizontal size={15} aria-hidden />} onClick={() => setOpen(!open)}>
          {narrowed === 0 ? 'Filters' : `Filters (${narrowed})`}
        </Button>
      )}
      {(!phone || open) && (
        <>
          <Choose label="State" value={filter.state} onChange={choose('state')} options={stateOptions} />
          <Choose label="Kind" value={filter.kind} onChange={choose('kind')} options={[['', 'Any'], ...Object.entries(ticketKinds)]} />
          <Choose label="Priority" value={filter.priority} onChange={choose('priority')} options={[['', 'Any'], ...priorities.map((one): Named => [one, one])]} />
          <Choose label="Promise" value={filter.promise} onChange={choose('promise')} options={[['', 'Any'], ['breached', 'Breached'], ['at_risk', 'At risk']]} />
          <AssigneeFilter assignee={filter.assignee} onChange={choose('assignee')} tickets={tickets} />
          <Choose label="Group" value={filter.group} onChange={choose('group')} options={[['', 'Any'], [NO_GROUP, 'No group'], ...shown.map(({ id, name }): Named => [id, name])]} />
          <Choose label="Tier" value={filter.tier} onChange={choose('tier')} options={[['', 'Any'], ...tiers.map((tier): Named => [String(tier), `Tier ${tier}`])]} />
          <Choose label="Measured as" value={filter.measured} onChange={choose('measured')} options={[['', 'Anything'], ...Object.entries(measuredWords)]} />
        </>
      )}
      <Choose label="Order" value={sorting(filter)} onChange={choose('sort')} options={filter.text === '' ? orders : [['relevance', 'Best match'], ...orders]} />
      {opened !== undefined && <Chip label={opened} onDelete={() => onFilter({ from: '', until: '' })} sx={{ justifySelf: 'start', maxWidth: '100%' }} />}
      {isNarrowed(filter) && (
        <Button color="inherit" sx={{ justifySelf: 'start' }} onClick={() => onFilter(noFilter)}>
          Clear the filters
        </Button>
      )}
    </Box>
  );
}

/** Back to the queue, where keys do what they do. */
function leave(event: KeyboardEvent) {
  if (event.key === 'Enter' && event.target instanceof HTMLElement) event.target.blur();
}


const stateOptions: readonly Named[] = [['', 'All open'], [ANY_STATE, 'Any'], [DONE, 'All done'], ...Object.entries(ticketStates).map(([value, { word }]): Named => [value, word])];
const orders: readonly Named[] = [['due', 'Due first'], ['priority', 'Priority'], ['created', 'Newest'], ['updated', 'Last touched']];

const sorting = ({ sort, text }: QueueFilter) => (sort === '' || (sort === 'relevance' && text === '') ? (text === '' ? 'due' : 'relevance') : sort);

interface Whose {
  id: string;
  name: string;
}

const READY: readonly Whose[] = [
  { id: ME, name: 'Me' },
  { id: NOBODY, name: 'Nobody' },
];

function AssigneeFilter({ assignee, onChange, tickets }: { assignee: string; onChange: (id: string) => void; tickets: readonly TicketSummary[] | undefined }) {
  const [typed, setTyped] = useState('');
  const [known, setKnown] = useState<Whose>();
  const search = useDeferredValue(typed.trim());
  const people = usePeople(search);
  const ready = READY.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  const found = tickets?.find((ticket) => ticket.assignee?.id === assignee)?.assignee;
  const named: Whose = { id: assignee, name: found?.name ?? 'Somebody' };
  const value = assignee === '' ? null : (READY.find(({ id }) => id === assignee) ?? (known?.id === assignee ? known : named));
  return (
    <Autocomplete
      size="small"
      fullWidth
      options={[...ready, ...(people.data?.items ?? [])]}
      filterOptions={(all) => all}
      value={value}
      onChange={(_, next) => {
        setKnown(next ?? undefined);
        onChange(next?.id ?? '');
      }}
      onInputChange={(_, text, reason) => setTyped(reason === 'input' ? text : '')}
      getOptionLabel={({ name }) => name}
      getOptionKey={({ id }) => id}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      noOptionsText="Nobody has that name"
      renderInput={(props) => <TextField {...props} label="Assigned to" placeholder="Anybody" slotProps={{ ...props.slotProps, inputLabel: { ...props.slotProps?.inputLabel, shrink: true } }} />}
    />
  );
}
