/** The queue of the desk: views, filters, keys, and what is done to several tickets at once. */
import type { BulkInput, TicketSummary } from '@itechsmart/api';
import { Alert, Box, Button, IconButton, LinearProgress, Stack, Tooltip } from '@mui/material';
import { Headset, Keyboard, Plus } from 'lucide-react';
import { useCallback, useMemo, useRef, useState, type RefObject } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Pages } from '#shared/api/usePages';
import { useCan, useMe } from '#shared/session/useMe';
import { Page, Section } from '#shared/ui/Page';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { useToast } from '#shared/ui/toast';
import { useFilters } from '#shared/ui/useFilters';
import { filterNames, isNarrowed, noFilter, toQuery, type QueueFilter } from './filters';
import { outcome, parts, type Outcome } from './queue/bulk';
import { BulkBar } from './queue/BulkBar';
import { KeyHelp } from './queue/KeyHelp';
import type { QueueAct } from './queue/keys';
import { QueueFilters } from './queue/QueueFilters';
import { QueueTable } from './queue/QueueTable';
import { focusTicket, keysAreOn, switchKeys, useQueueKeys } from './queue/useQueueKeys';
import { Views } from './queue/Views';
import { useBulk } from './useTicketChanges';
import { useTicketNews } from './useTicketNews';
import { useQueue } from './useTickets';

const NOTHING: ReadonlySet<string> = new Set();

export default function QueuePage() {
  const [filter, setFilter] = useFilters(filterNames);
  const queue = useQueue(toQuery(filter));
  const [help, setHelp] = useState(false);
  const [keys, setKeys] = useState(keysAreOn);
  const search = useRef<HTMLDivElement>(null);
  const opens = useCan()('catalog.all-tickets.write');
  useTicketNews();
  const view = useCallback((next: QueueFilter) => setFilter(next), [setFilter]);
  return (
    <Page
      title="Queue"
      about="Tickets of the desk. New and changed ones come in by themselves."
      actions={
        <>
          <Tooltip title="Keys (?)">
            <IconButton aria-label="Keys of the queue" onClick={() => setHelp(true)}>
              <Keyboard size={18} aria-hidden />
            </IconButton>
          </Tooltip>
          {opens && (
            <Button variant="contained" component={Link} to="/service-catalog/desk/new" startIcon={<Plus size={16} aria-hidden />}>
              Open a ticket
            </Button>
          )}
        </>
      }
    >
      <Section flush>
        <Views filter={filter} onFilter={view} />
        <Box sx={{ p: 1.5, borderBottom: 1, borderColor: 'divider' }}>
          <QueueFilters filter={filter} onFilter={setFilter} tickets={queue.items} search={search} />
        </Box>
        <Tickets queue={queue} filter={filter} onFilter={view} search={search} keys={keys} onHelp={() => setHelp(true)} />
      </Section>
      <KeyHelp
        open={help}
        on={keys}
        onSwitch={(on) => {
          switchKeys(on);
          setKeys(on);
        }}
        onClose={() => setHelp(false)}
      />
    </Page>
  );
}

interface TicketsProps {
  queue: Pages<TicketSummary>;
  filter: QueueFilter;
  onFilter: (filter: QueueFilter) => void;
  search: RefObject<HTMLDivElement | null>;
  keys: boolean;
  onHelp: () => void;
}

function Tickets({ queue, filter, onFilter, search, keys, onHelp }: TicketsProps) {
  const { items, error, outdated, more, loadingMore, reload } = queue;
  const [chosen, setChosen] = useState(NOTHING);
  const [refused, setRefused] = useState<Outcome['refused']>([]);
  const works = useCan()('catalog.all-tickets.write');
  const me = useMe();
  const bulk = useBulk();
  const toast = useToast();
  const navigate = useNavigate();
  const tickets = useMemo(() => items ?? [], [items]);
  const ids = useMemo(() => tickets.map(({ id }) => id), [tickets]);
  // What has left the queue is not selected any more.
  const selected = useMemo(() => new Set(ids.filter((id) => chosen.has(id))), [ids, chosen]);
  const perform = async (deed: Omit<BulkInput, 'tickets'>, of: readonly string[]) => {
    const them = tickets.filter(({ id }) => of.includes(id));
    const answers = [];
    for (const part of parts(them)) answers.push(await bulk.mutateAsync({ ...deed, tickets: part.map(({ id, version }) => ({ id, version })) }));
    const { text, refused } = outcome({ items: answers.flatMap(({ items: done }) => done) }, them);
    toast(text, refused.length === 0 ? 'success' : 'warning');
    setRefused(them.length > 1 ? refused : []);
    setChosen(new Set(refused.map(({ id }) => id).filter((id) => chosen.has(id))));
  };
  const take = (of: readonly string[]) => {
    perform({ change: { assignee_id: me.id } }, of).catch((problem: unknown) => toast(problem instanceof Error ? problem.message : String(problem), 'error'));
  };
  const act = (does: QueueAct) => {
    if (does.do === 'focus') focusTicket(does.id);
    else if (does.do === 'open') void navigate(`/service-catalog/desk/${does.id}`);
    else if (does.do === 'search') search.current?.querySelector('input')?.focus();
    else if (does.do === 'help') onHelp();
    else if (!works) return;
    else if (does.do === 'select') setChosen(does.ids);
    else take(does.ids);
  };
  useQueueKeys(keys, ids, selected, act);
  if (items === undefined) {
    if (error === null) return <LoadingRows rows={10} />;
    return (
      <Box sx={{ p: 2 }}>
        <Failed problem={error} retry={reload} />
      </Box>
    );
  }
  return (
    <Box aria-busy={outdated}>
      <LinearProgress aria-hidden sx={{ height: 2, mt: '-2px', visibility: outdated ? 'visible' : 'hidden' }} />
      {refused.length > 0 && (
        <Alert severity="warning" onClose={() => setRefused([])} sx={{ m: 1.5 }}>
          {refused.map(({ id, text }) => (
            <Box key={id}>{text}</Box>
          ))}
        </Alert>
      )}
      {tickets.length === 0 ? <Nothing filter={filter} onFilter={onFilter} /> : <QueueTable label="Queue" tickets={tickets} selected={works ? selected : undefined} onSelect={setChosen} />}
      {error !== null && (
        <Box sx={{ p: 2 }}>
          <Failed problem={error} retry={reload} />
        </Box>
      )}
      {more !== undefined && (
        <Stack sx={{ p: 1.5, alignItems: 'center', borderTop: 1, borderColor: 'divider' }}>
          <Button onClick={more} loading={loadingMore}>
            Show more
          </Button>
        </Stack>
      )}
      {works && <BulkBar selected={selected.size} busy={bulk.isPending} onTake={() => take([...selected])} onDo={(deed) => perform(deed, [...selected])} onClear={() => setChosen(NOTHING)} />}
    </Box>
  );
}

function Nothing({ filter, onFilter }: Pick<TicketsProps, 'filter' | 'onFilter'>) {
  if (!isNarrowed(filter)) return <Empty icon={Headset} title="No ticket is open">What people report appears here by itself.</Empty>;
  return <Empty icon={Headset} title="No ticket matches" action={<Button onClick={() => onFilter(noFilter)}>Show all that are open</Button>} />;
}
