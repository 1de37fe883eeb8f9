/** Tickets: against the targets, over time, and part by part. */
import type { Query, TicketMeasures, TicketMeasuresRow, TicketMeasuresView } from '@itechsmart/api';
import { Box, Typography } from '@mui/material';
import { Ticket } from 'lucide-react';
import { useMemo } from 'react';
import { priorities, ticketKinds, tiers } from '#shared/catalog/tickets';
import { today } from '#shared/catalog/form/answers';
import { useWorkingGroups } from '#shared/catalog/useDesk';
import { useCan } from '#shared/session/useMe';
import { List, type Column } from '#shared/ui/List';
import { None } from '#shared/ui/None';
import { Section } from '#shared/ui/Page';
import { Empty, Failed, LoadingPage } from '#shared/ui/states';
import { behindCompliance, behindResolution, behindResponse, behindSatisfaction, type Behind } from './behind';
import { ChartSection } from './ChartSection';
import { named, ticketChart, ticketCharts } from './charts';
import { DownloadMenu } from './DownloadMenu';
import { Figures } from './Figures';
import { known, meanTime, percent, resolutionFigure, resolutionMax, ticketFigures, type Lead } from './figures';
import { Choose, type Named } from '#shared/ui/Choose';
import { PeriodFilters } from './Filters';
import { NumberLink } from './NumberLink';
import { partTitle, partWords } from './parts';
import { faultOf, partOf, periodOf, presetOf, type Period } from './period';
import { queueLink, type Narrowed, type Part, type TicketsBy } from './queueLink';
import { useTicketMeasures } from './useMeasures';
import type { MeasuresFilter, SetFilter } from './MeasuresPage';

const byOptions: readonly (readonly [TicketsBy, string])[] = [['day', 'Day'], ['week', 'Week'], ['month', 'Month'], ['group', 'Group'], ['tier', 'Tier'], ['priority', 'Priority'], ['kind', 'Kind']];
const kinds = Object.entries(ticketKinds).map(([value, name]): Named => [value, name]);

export function TicketsView({ filter, set }: { filter: MeasuresFilter; set: SetFilter }) {
  const period = periodOf(presetOf(filter.period), filter, today());
  const by = byOptions.find(([value]) => value === filter.by)?.[0] ?? partOf(period);
  const narrowed: Narrowed = { group: filter.group, tier: filter.tier, priority: filter.priority, kind: filter.kind };
  const query: Query = { ...period, group_id: filter.group, tier: filter.tier, priority: filter.priority, kind: filter.kind };
  const fits = faultOf(period) === undefined;
  const measured = useTicketMeasures({ ...query, by }, fits);
  const byTier = useTicketMeasures({ ...query, by: 'tier' }, fits && filter.tier === '');
  return (
    <>
      <Section>
        <TicketFilters filter={filter} set={set} period={period} by={by} />
      </Section>
      {fits && measured.error !== null && <Failed problem={measured.error} retry={() => void measured.refetch()} />}
      {fits && measured.data === undefined && measured.error === null && <LoadingPage />}
      {fits && measured.data !== undefined && (
        <Box aria-busy={measured.isPlaceholderData} sx={{ display: 'grid', gap: 2, minWidth: 0, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          {measured.data.total.created === 0 ? (
            <Section>
              <Empty icon={Ticket} title="No ticket was opened in this period">
                {Object.values(narrowed).some((value) => value !== '') ? 'Choose another period, or narrow it less.' : 'Choose another period. What people report is counted on the day on which it is opened.'}
              </Empty>
            </Section>
          ) : (
            <Shown view={measured.data} tierRows={filter.tier === '' ? byTier.data?.rows : undefined} {...{ filter, set, period, by, narrowed, query }} />
          )}
        </Box>
      )}
    </>
  );
}

interface TicketFiltersProps {
  filter: MeasuresFilter;
  set: SetFilter;
  period: Period;
  by: TicketsBy;
}

function TicketFilters({ filter, set, period, by }: TicketFiltersProps) {
  const { groups } = useWorkingGroups();
  const shown = filter.group === '' || groups.some(({ id }) => id === filter.group) ? groups : [...groups, { id: filter.group, name: 'A group' }];
  return (
    <PeriodFilters preset={filter.period} period={period} set={set}>
      <Choose label="By" value={by} options={byOptions} onChange={(value) => set({ by: value })} />
      <Choose label="Group" value={filter.group} options={[['', 'Any'], ...shown.map(({ id, name }): Named => [id, name])]} onChange={(group) => set({ group })} />
      <Choose label="Tier" value={filter.tier} options={[['', 'Any'], ...tiers.map((tier): Named => [String(tier), `Tier ${tier}`])]} onChange={(tier) => set({ tier })} />
      <Choose label="Priority" value={filter.priority} options={[['', 'Any'], ...priorities.map((one): Named => [one, one])]} onChange={(priority) => set({ priority })} />
      <Choose label="Kind" value={filter.kind} options={[['', 'Any'], ...kinds]} onChange={(kind) => set({ kind })} />
    </PeriodFilters>
  );
}

interface ShownProps extends TicketFiltersProps {
  view: TicketMeasuresView;
  /** Where tiers are mixed. */
  tierRows: readonly TicketMeasuresRow[] | undefined;
  narrowed: Narrowed;
  query: Query;
}

function Shown({ view: { total, targets, rows }, tierRows, filter, set, period, by, narrowed, query }: ShownProps) {
  const sees = useCan()('catalog.all-tickets.read');
  const lead = (part?: Part): Lead => (behind) => (sees && behind !== undefined ? queueLink(period, narrowed, part, behind) : undefined);
  const tier = filter.tier === '' ? undefined : Number(filter.tier);
  const chosen = named(ticketCharts, filter.chart);
  const chart = useMemo(() => ticketChart(chosen, rows.map((row) => ({ ...row, label: partWords(by, row, 'short') })), { inTime: by === 'day' || by === 'week' || by === 'month', targets, resolutionMax: resolutionMax(targets, by === 'tier' ? 3 : tier) }), [chosen, rows, by, targets, tier]);
  const perTier = tierRows?.filter(({ resolved }) => resolved > 0) ?? [];
  return (
    <>
      <Section flush title="Against the targets" about="Times are those of each ticket’s calendar, without pauses.">
        <Figures label="Against the targets" figures={ticketFigures(total, { targets, tier, lead: lead() })} />
        {perTier.length > 1 && (
          <Box sx={{ borderTop: 1, borderColor: 'divider' }}>
            <Figures label="Time to resolve, by tier" figures={perTier.map((row) => resolutionFigure(`Time to resolve, ${row.label.toLowerCase()}`, row, { targets, tier: Number(row.key), lead: lead({ by: 'tier', key: row.key }) }))} />
          </Box>
        )}
      </Section>
      <ChartSection charts={ticketCharts} chosen={chosen} onChoose={(name) => set({ chart: name })} chart={chart} />
      <Parts total={total} rows={rows} period={period} by={by} narrowed={narrowed} query={query} />
    </>
  );
}

interface PartsProps {
  total: TicketMeasures;
  rows: readonly TicketMeasuresRow[];
  period: Period;
  by: TicketsBy;
  narrowed: Narrowed;
  query: Query;
}

/** The first row is all of them. */
interface Counted {
  part: Part | undefined;
  label: string;
  measures: TicketMeasures;
}

function Parts({ total, rows, period, by, narrowed, query }: PartsProps) {
  const sees = useCan()('catalog.all-tickets.read');
  const number = (value: number, part: Part | undefined, behind?: Behind) => {
    const text = value.toLocaleString('en');
    return sees && value > 0 ? <NumberLink to={queueLink(period, narrowed, part, behind)}>{text}</NumberLink> : text;
  };
  const leads = (text: string | undefined, part: Part | undefined, behind: Behind | undefined) => {
    if (text === undefined) return <None word="–" />;
    return sees && behind !== undefined ? <NumberLink to={queueLink(period, narrowed, part, behind)}>{text}</NumberLink> : text;
  };
  const column = (title: string, render: (measures: TicketMeasures, part: Part | undefined) => React.ReactNode, from?: 'lg'): Column<Counted> => ({ title, align: 'right', render: ({ measures, part }) => render(measures, part), ...(from && { from }) });
  const columns: Column<Counted>[] = [
    { title: partTitle(by, byOptions), render: ({ label, part }) => (part === undefined ? <strong>{label}</strong> : label), whole: true },
    column('Opened', ({ created }, part) => number(created, part)),
    column('First response', (measures, part) => leads(known(measures.first_response_ms, meanTime), part, behindResponse(measures))),
    column('Late replies', ({ response_breached }, part) => number(response_breached, part, 'response_breached')),
    column('Resolved', ({ resolved }, part) => number(resolved, part, 'resolved')),
    column('Time to resolve', (measures, part) => leads(known(measures.resolution_ms, meanTime), part, behindResolution(measures))),
    column('Resolved late', ({ resolution_breached }, part) => number(resolution_breached, part, 'resolution_breached')),
    column('SLA', (measures, part) => leads(known(measures.sla_compliance, percent), part, behindCompliance(measures))),
    column('Escalated', ({ escalated }, part) => number(escalated, part, 'escalated')),
    column('Rated', ({ rated }, part) => number(rated, part, 'rated'), 'lg'),
    column('Satisfaction', (measures, part) => leads(known(measures.satisfaction, percent), part, behindSatisfaction(measures)), 'lg'),
  ];
  const filled = rows.filter(({ created }) => created > 0);
  const items: Counted[] = [{ part: undefined, label: 'In all', measures: total }, ...filled.map((row) => ({ part: { by, key: row.key }, label: partWords(by, row), measures: row }))];
  return (
    <Section flush title="Part by part" about={sees ? 'Numbers lead to their tickets: SLA to those with a broken promise, satisfaction to those rated 1 to 3, where there are any.' : undefined} actions={<DownloadMenu path="/measures/tickets/file" query={{ ...query, by }} />}>
      <List label="Part by part" columns={columns} items={items} id={({ part }) => part?.key ?? 'all'} />
      {filled.length < rows.length && (
        <Typography variant="caption" color="textSecondary" component="p" sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider' }}>
          Those without a ticket are left out.
        </Typography>
      )}
    </Section>
  );
}
