import type { AuditFilter, AuditRecord } from '@itechsmart/api';
import { Skeleton, Stack, Typography } from '@mui/material';
import { ShieldCheck } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { words } from '#shared/format/text';
import { Code } from '#shared/ui/Code';
import { DetailDrawer } from '#shared/ui/DetailDrawer';
import { PagedList, type Column } from '#shared/ui/List';
import { None } from '#shared/ui/None';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { State } from '#shared/ui/State';
import { Empty, Failed } from '#shared/ui/states';
import { Time, useNow } from '#shared/ui/Time';
import type { Audited } from './audited';
import { Detail } from './Detail';
import { ExportMenu } from './ExportMenu';
import { Filters } from './Filters';
import { actionWords, actorName, label, trailLabel } from './labels';
import { timeRange } from './range';
import { useAuditRecords } from './useAuditRecords';
import { useAuditStatus } from './useAuditStatus';

const columns: Column<AuditRecord>[] = [
  { title: 'What', render: ({ action }) => actionWords(action) },
  { title: 'Who', render: ({ actor }) => actorName(actor) },
  {
    title: 'To what',
    from: 'md',
    render: ({ subject }) => (
      <>
        {words(subject.kind)}{' '}
        {subject.id !== '' && (
          <Typography component="span" variant="code" color="textSecondary">
            …{subject.id.slice(-8)}
          </Typography>
        )}
      </>
    ),
  },
  { title: 'From', from: 'lg', render: ({ address }) => (address === '' ? <None word="The machine itself" /> : <Code>{address}</Code>) },
  { title: 'When', width: 150, render: ({ at }) => <Time>{at}</Time> },
  {
    title: 'State',
    width: 220,
    render: (record) => <State tone={label(record).tone}>{label(record).word}</State>,
  },
];

export function AuditPage({ of }: { of: Audited }) {
  const { id } = useParams();
  const navigate = useNavigate();
  const [parameters, setParameters] = useSearchParams();
  const filter = useFilter(parameters);
  const records = useAuditRecords(of, filter);
  const query = parameters.toString() === '' ? '' : `?${parameters.toString()}`;
  const set = useCallback(
    (changes: Record<string, string>) =>
      setParameters(
        (current) => {
          const next = new URLSearchParams(current);
          for (const [name, value] of Object.entries(changes)) {
            if (value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setParameters],
  );
  const filtered = parameters.size > 0;
  return (
    <Page
      title="Audit log"
      about={of.about}
      actions={<ExportMenu of={of} filter={filter} />}
    >
      <Trail of={of} />
      <Section flush>
        <Filters parameters={parameters} set={set} example={of.example} />
        <PagedList
          label="Audit records"
          columns={columns}
          pages={records}
          id={(record) => record.id}
          to={(record) => `${of.path}/${record.id}${query}`}
          empty={
            <Empty icon={ShieldCheck} title={filtered ? 'No record matches' : 'There are no records yet'}>
              {filtered ? 'Take a condition away, or a longer time.' : 'The first change leaves the first record.'}
            </Empty>
          }
        />
      </Section>
      <DetailDrawer
        title="Audit record"
        open={id !== undefined}
        onClose={() => void navigate(`${of.path}${query}`)}
      >
        {id !== undefined && <Detail of={of} id={id} />}
      </DetailDrawer>
    </Page>
  );
}

function useFilter(parameters: URLSearchParams): AuditFilter {
  const now = useNow();
  const value = (name: string) => parameters.get(name) ?? '';
  const range = timeRange(value('range'), value('from'), value('to'), now);
  const { from, to } = range;
  const [text, action, actor, subject] = ['text', 'action', 'actor', 'subject'].map(value);
  return useMemo(
    () => ({
      text: text || undefined,
      action: action || undefined,
      actor: actor || undefined,
      subject: subject || undefined,
      from,
      to,
    }),
    [text, action, actor, subject, from, to],
  );
}

/** How far the trail of the tenant has come. */
function Trail({ of }: { of: Audited }) {
  const status = useAuditStatus(of);
  if (status.error !== null && status.data === undefined) {
    return <Failed problem={status.error} retry={() => void status.refetch()} />;
  }
  if (status.data === undefined) return <Skeleton variant="rounded" height={112} />;
  const { recorded, sealed, anchored, anchored_height, anchored_at, ledger } = status.data;
  const { tone, word, about } = trailLabel(status.data);
  return (
    <Section
      title={
        <Stack direction="row" component="span" sx={{ gap: 1.5, alignItems: 'center' }}>
          Trail <State tone={tone}>{word}</State>
        </Stack>
      }
      about={about}
    >
      <Facts columns={4}>
        <Fact name="Recorded">{recorded.toLocaleString('en')}</Fact>
        <Fact name="Sealed">{sealed.toLocaleString('en')}</Fact>
        <Fact name="Anchored">{anchored.toLocaleString('en')}</Fact>
        <Fact name="Last anchor">
          {anchored_height == null ? (
            'None yet'
          ) : (
            <>
              Height {anchored_height.toLocaleString('en')}, <Time>{anchored_at}</Time>
            </>
          )}
        </Fact>
        {ledger.state === 'waiting' && ledger.waiting_since != null && (
          <Fact name="Waiting since">
            <Time>{ledger.waiting_since}</Time>
          </Fact>
        )}
      </Facts>
    </Section>
  );
}
