/** What is open now, by its age. */
import type { Backlog, Query } from '@itechsmart/api';
import { Box, Link, Typography } from '@mui/material';
import { CircleCheckBig } from 'lucide-react';
import { Link as RouterLink } from 'react-router';
import { today } from '#shared/catalog/form/answers';
import { priorities } from '#shared/catalog/tickets';
import { useWorkingGroups } from '#shared/catalog/useDesk';
import { useCan } from '#shared/session/useMe';
import { Section } from '#shared/ui/Page';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { ageWords, daysWords } from './ages';
import { DownloadMenu } from './DownloadMenu';
import { Figures } from './Figures';
import { Choose, type Named } from '#shared/ui/Choose';
import { FilterRow } from './Filters';
import { ageLink, openLink } from './queueLink';
import { useBacklog } from './useMeasures';
import type { MeasuresFilter, SetFilter } from './MeasuresPage';

export function BacklogView({ filter, set }: { filter: MeasuresFilter; set: SetFilter }) {
  const { groups } = useWorkingGroups();
  const query: Query = { group_id: filter.group, priority: filter.priority };
  const backlog = useBacklog(query);
  const { data, error } = backlog;
  return (
    <>
      <Section>
        <FilterRow>
          <Choose label="Group" value={filter.group} options={[['', 'Any'], ...groups.map(({ id, name }): Named => [id, name])]} onChange={(group) => set({ group })} />
          <Choose label="Priority" value={filter.priority} options={[['', 'Any'], ...priorities.map((one): Named => [one, one])]} onChange={(priority) => set({ priority })} />
        </FilterRow>
      </Section>
      {error !== null && <Failed problem={error} retry={() => void backlog.refetch()} />}
      {data === undefined ? (
        error === null && (
          <Section>
            <LoadingRows />
          </Section>
        )
      ) : data.open === 0 ? (
        <Section>
          <Empty icon={CircleCheckBig} title="Nothing is open">
            {filter.group === '' && filter.priority === '' ? 'Every ticket is resolved or closed.' : 'No open ticket is of this group and priority.'}
          </Empty>
        </Section>
      ) : (
        <Ages backlog={data} filter={filter} query={query} />
      )}
    </>
  );
}

function Ages({ backlog: { open, mean_days, ages }, filter, query }: { backlog: Backlog; filter: MeasuresFilter; query: Query }) {
  const sees = useCan()('catalog.all-tickets.read');
  const most = Math.max(...ages.map((age) => age.open));
  return (
    <Section flush title="Open tickets, by age" about="Whole days since the day on which they were opened, by UTC." actions={<DownloadMenu path="/measures/backlog/file" query={query} />}>
      <Figures
        label="Backlog"
        figures={[
          { name: 'Open now', value: open.toLocaleString('en'), to: sees ? openLink(filter) : undefined },
          { name: 'Mean age', value: mean_days == null ? undefined : daysWords(mean_days) },
        ]}
      />
      <Box component="ul" aria-label="Ages" sx={{ listStyle: 'none', m: 0, px: 2, py: 1.5, borderTop: 1, borderColor: 'divider', display: 'grid', rowGap: 1, columnGap: 2, gridTemplateColumns: 'minmax(84px, auto) minmax(0, 1fr) minmax(32px, auto)' }}>
        {ages.map((age) => (
          <Box component="li" key={age.days_min} sx={{ display: 'grid', gridTemplateColumns: 'subgrid', gridColumn: '1 / -1', alignItems: 'center' }}>
            <Typography variant="body2">{ageWords(age.days_min, age.days_max ?? null)}</Typography>
            <Box aria-hidden sx={{ height: 14, borderRadius: 0.5, bgcolor: 'background.sunken' }}>
              <Box sx={{ height: '100%', borderRadius: 0.5, bgcolor: 'primary.main', width: `${(age.open / most) * 100}%` }} />
            </Box>
            <Typography variant="body2" sx={{ textAlign: 'right', fontVariantNumeric: 'tabular-nums' }}>
              {sees && age.open > 0 ? (
                <Link component={RouterLink} underline="always" to={ageLink(today(), { min: age.days_min, max: age.days_max ?? null }, filter)}>
                  {age.open.toLocaleString('en')}
                </Link>
              ) : (
                age.open.toLocaleString('en')
              )}
            </Typography>
          </Box>
        ))}
      </Box>
    </Section>
  );
}
