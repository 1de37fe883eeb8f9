/** Requests: how many, how long they took, and what they cost. */
import type { Query, RequestMeasures, RequestMeasuresRow, RequestMeasuresView } from '@itechsmart/api';
import { Box, Typography } from '@mui/material';
import { ClipboardList } from 'lucide-react';
import { useMemo } from 'react';
import { useCostCentres } from '#shared/api/useCostCentres';
import { useCurrency } from '#shared/api/useCurrency';
import { useItemNames } from '#shared/api/useItemNames';
import { today } from '#shared/catalog/form/answers';
import { millionths, money } from '#shared/format/decimal';
import { useCan } from '#shared/session/useMe';
import { List, type Column } from '#shared/ui/List';
import { None } from '#shared/ui/None';
import { Section } from '#shared/ui/Page';
import { Empty, Failed, LoadingPage } from '#shared/ui/states';
import { ChartSection } from './ChartSection';
import { named, requestChart, requestCharts } from './charts';
import { DownloadMenu } from './DownloadMenu';
import { Figures } from './Figures';
import { meanTime, percent, requestFigures, type LeadToRequests } from './figures';
import { Choose, type Named } from '#shared/ui/Choose';
import { PeriodFilters } from './Filters';
import { NumberLink } from './NumberLink';
import { partTitle, partWords } from './parts';
import { faultOf, partOf, periodOf, presetOf, type Period } from './period';
import { APPROVED, requestsLink, type NarrowedRequests, type RequestsBy, type RequestsPart } from './requestsLink';
import { useRequestMeasures } from './useMeasures';
import type { MeasuresFilter, SetFilter } from './MeasuresPage';

const byOptions: readonly (readonly [RequestsBy, string])[] = [['day', 'Day'], ['week', 'Week'], ['month', 'Month'], ['item', 'Item'], ['cost_centre', 'Cost centre']];

export function RequestsView({ filter, set }: { filter: MeasuresFilter; set: SetFilter }) {
  const period = periodOf(presetOf(filter.period), filter, today());
  const by = byOptions.find(([value]) => value === filter.by)?.[0] ?? partOf(period);
  const query: Query = { ...period, by, item_id: filter.item, cost_centre_id: filter.centre };
  const fits = faultOf(period) === undefined;
  const measured = useRequestMeasures(query, fits);
  const items = useItemNames().data ?? [];
  const centres = useCostCentres().data ?? [];
  return (
    <>
      <Section>
        <PeriodFilters preset={filter.period} period={period} set={set}>
          <Choose label="By" value={by} options={byOptions} onChange={(value) => set({ by: value })} />
          <Choose label="Item" value={filter.item} options={[['', 'Any'], ...items.map(({ id, name }): Named => [id, name])]} onChange={(item) => set({ item })} />
          <Choose label="Cost centre" value={filter.centre} options={[['', 'Any'], ...centres.map(({ id, code, name }): Named => [id, `${code} ${name}`])]} onChange={(centre) => set({ centre })} />
        </PeriodFilters>
      </Section>
      {fits && measured.error !== null && <Failed problem={measured.error} retry={() => void measured.refetch()} />}
      {fits && measured.data === undefined && measured.error === null && <LoadingPage />}
      {fits && measured.data !== undefined && (
        <Box aria-busy={measured.isPlaceholderData} sx={{ display: 'grid', gap: 2, minWidth: 0, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          {measured.data.total.created === 0 ? (
            <Section>
              <Empty icon={ClipboardList} title="Nothing was asked for in this period">
                {filter.item === '' && filter.centre === '' ? 'Choose another period. A request is counted on the day on which it is made.' : 'Choose another period, or narrow it less.'}
              </Empty>
            </Section>
          ) : (
            <Shown view={measured.data} by={by} filter={filter} set={set} period={period} query={query} />
          )}
        </Box>
      )}
    </>
  );
}

function Shown({ view: { total, rows }, by, filter, set, period, query }: { view: RequestMeasuresView; by: RequestsBy; filter: MeasuresFilter; set: SetFilter; period: Period; query: Query }) {
  const chosen = named(requestCharts, filter.chart);
  const currency = useCurrency();
  const sees = useCan()('catalog.all-requests.read');
  const narrowed = { item: filter.item, centre: filter.centre };
  const lead: LeadToRequests = (state) => (sees ? requestsLink(period, narrowed, undefined, state) : undefined);
  const chart = useMemo(() => requestChart(chosen, rows.map((row) => ({ ...row, label: partWords(by, row, 'short') })), { inTime: !['item', 'cost_centre'].includes(by), currency }), [chosen, rows, by, currency]);
  return (
    <>
      <Section flush title="In all">
        <Figures label="In all" figures={requestFigures(total, currency, lead)} />
      </Section>
      <ChartSection charts={requestCharts} chosen={chosen} onChoose={(name) => set({ chart: name })} chart={chart} />
      <Parts total={total} rows={rows} by={by} period={period} narrowed={narrowed} query={query} />
    </>
  );
}

/** The first row is all of them. */
interface Counted {
  part: RequestsPart | undefined;
  label: string;
  measures: RequestMeasures;
}

interface PartsProps {
  total: RequestMeasures;
  rows: readonly RequestMeasuresRow[];
  by: RequestsBy;
  period: Period;
  narrowed: NarrowedRequests;
  query: Query;
}

function Parts({ total, rows, by, period, narrowed, query }: PartsProps) {
  const sees = useCan()('catalog.all-requests.read');
  const currency = useCurrency();
  const column = (title: string, render: (measures: RequestMeasures, part: RequestsPart | undefined) => React.ReactNode, from?: 'lg'): Column<Counted> => ({ title, align: 'right', render: ({ measures, part }) => render(measures, part), ...(from && { from }) });
  const leads = (text: string, counts: boolean, part: RequestsPart | undefined, state?: string) => (sees && counts ? <NumberLink to={requestsLink(period, narrowed, part, state)}>{text}</NumberLink> : text);
  const number = (value: number, part: RequestsPart | undefined, state?: string) => leads(value.toLocaleString('en'), value > 0, part, state);
  const columns: Column<Counted>[] = [
    {
      title: partTitle(by, byOptions),
      whole: !['item', 'cost_centre'].includes(by),
      render: ({ part, label }) => (part === undefined ? <strong>{label}</strong> : label),
    },
    column('Made', ({ created }, part) => number(created, part)),
    column('Fulfilled', ({ fulfilled }, part) => number(fulfilled, part, 'fulfilled')),
    column('Fulfilment time', ({ fulfilment_ms }) => (fulfilment_ms == null ? <None word="–" /> : meanTime(fulfilment_ms))),
    column('Rejected', ({ rejected }, part) => number(rejected, part, 'rejected')),
    column('Taken back', ({ cancelled }, part) => number(cancelled, part, 'cancelled'), 'lg'),
    column('Nobody to ask', ({ failed }, part) => number(failed, part, 'failed'), 'lg'),
    column('Spend', ({ spend }, part) => leads(money(spend, currency), millionths(spend) !== 0n, part, APPROVED)),
    column('Satisfaction', ({ satisfaction }) => (satisfaction == null ? <None word="–" /> : percent(satisfaction)), 'lg'),
  ];
  const filled = rows.filter(({ created }) => created > 0);
  const items: Counted[] = [{ part: undefined, label: 'In all', measures: total }, ...filled.map((row) => ({ part: { by, key: row.key }, label: partWords(by, row), measures: row }))];
  return (
    <Section flush title="Part by part" about={sees ? 'Numbers lead to their requests.' : undefined} actions={<DownloadMenu path="/measures/requests/file" query={query} />}>
      <List label="Part by part" columns={columns} items={items} id={({ part }) => part?.key ?? 'all'} />
      {filled.length < rows.length && (
        <Typography variant="caption" color="textSecondary" component="p" sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider' }}>
          Those without a request are left out.
        </Typography>
      )}
    </Section>
  );
}
