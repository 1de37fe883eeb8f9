/** How the installation is right now: services, ledger, and what the tenant has. */
import type { Checked, Health, LedgerHealth, Overview, ServiceHealth, ServiceStatus } from '@itechsmart/api';
import { Alert, Box, Link, Paper, Skeleton, Stack, Tooltip, Typography } from '@mui/material';
import { ServerOff } from 'lucide-react';
import { Link as RouterLink } from 'react-router';
import { useOverview } from '#shared/api/useOverview';
import { sentence } from '#shared/format/text';
import { useCan, useMe } from '#shared/session/useMe';
import type { Permission } from '#shared/session/permissions';
import { Code } from '#shared/ui/Code';
import { List, type Column } from '#shared/ui/List';
import { None } from '#shared/ui/None';
import { Fact, Facts, Page, Section } from '#shared/ui/Page';
import { Empty, Failed, LoadingRows } from '#shared/ui/states';
import { State } from '#shared/ui/State';
import { Time } from '#shared/ui/Time';
import { finalHeight, health, ledgerSummary } from './health';

export default function OverviewPage() {
  const me = useMe();
  const overview = useOverview();
  const { data, error } = overview;
  return (
    <Page title="Overview" about={`What runs for ${me.tenant.name}, checked every few seconds.`}>
      {error !== null && data === undefined && (
        <Failed problem={error} retry={() => void overview.refetch()} />
      )}
      {error !== null && data !== undefined && (
        <Alert severity="warning">
          {sentence(error.detail)} What you see is how things stood <Time>{overview.dataUpdatedAt}</Time>.
        </Alert>
      )}
      {data === undefined && error === null && <Loading />}
      {data !== undefined && <Content overview={data} />}
    </Page>
  );
}

function Content({ overview }: { overview: Overview }) {
  return (
    <>
      <Counts counts={overview.counts} />
      <Ledger ledger={overview.ledger} />
      <Section title="Services" flush>
        {overview.services.length === 0 ? (
          <Empty icon={ServerOff} title="No service has registered yet">
            A service appears here with its first heartbeat.
          </Empty>
        ) : (
          <List label="Services" columns={columns} items={overview.services} id={(service) => service.name} />
        )}
      </Section>
    </>
  );
}

const columns: Column<ServiceHealth>[] = [
  { title: 'Service', render: ({ title }) => <strong style={{ fontWeight: 600 }}>{title}</strong> },
  { title: 'State', render: ({ status }) => <HealthState of={status} /> },
  { title: 'Parts', render: ({ status, checks }) => (status === 'silent' ? <None word="Unknown since the last heartbeat" /> : <Checks checks={checks} />) },
  { title: 'Version', from: 'md', render: ({ version }) => (version == null ? 'Unknown' : <Code>{version}</Code>) },
  { title: 'Instances', align: 'right', render: ({ instances }) => instances },
  { title: 'Last heartbeat', render: ({ last_heartbeat_at }) => <Time>{last_heartbeat_at}</Time> },
];

function HealthState({ of }: { of: Health | ServiceStatus }) {
  const { tone, word } = health(of);
  return <State tone={tone}>{word}</State>;
}

function Checks({ checks }: { checks: Record<string, Checked> }) {
  const entries = Object.entries(checks);
  if (entries.length === 0) return <None word="None reported" />;
  return (
    <Stack direction="row" sx={{ columnGap: 1.5, rowGap: 0.25, flexWrap: 'wrap' }}>
      {entries.map(([name, { status, detail }]) => (
        <Tooltip key={name} title={`${name}: ${detail ?? health(status).word.toLowerCase()}`}>
          <span>
            <State tone={health(status).tone}>
              {name}
              {status !== 'ok' && `: ${health(status).word.toLowerCase()}`}
            </State>
          </span>
        </Tooltip>
      ))}
    </Stack>
  );
}

function Ledger({ ledger }: { ledger: LedgerHealth }) {
  const { tone, title, about } = ledgerSummary(ledger);
  const final = finalHeight(ledger);
  return (
    <Section
      title={
        <Stack direction="row" component="span" sx={{ gap: 1.5, alignItems: 'center' }}>
          KALDRIX ledger <State tone={tone}>{title}</State>
        </Stack>
      }
      about={about}
    >
      {ledger.status !== 'not_configured' && (
        <Facts columns={4}>
          <Fact name="Final height">
            {final === undefined ? (
              'Not seen yet'
            ) : (
              <>
                {final.height.toLocaleString('en')}, <Time>{final.at}</Time>
              </>
            )}
          </Fact>
          <Fact name="Records waiting for their anchor">{ledger.waiting_records.toLocaleString('en')}</Fact>
          <Fact name="Last anchor">
            {ledger.last_anchor_height == null ? (
              'None yet'
            ) : (
              <>
                Height {ledger.last_anchor_height.toLocaleString('en')}, <Time>{ledger.last_anchor_at}</Time>
              </>
            )}
          </Fact>
          {ledger.notary != null && (
            <Fact wide name="Notary">
              <Code copy>{ledger.notary}</Code>
            </Fact>
          )}
        </Facts>
      )}
    </Section>
  );
}

const counted: { title: string; of: keyof Overview['counts']; to: string; needs: Permission }[] = [
  { title: 'Users', of: 'users', to: '/hub/users', needs: 'hub.users.read' },
  { title: 'Groups', of: 'groups', to: '/hub/groups', needs: 'hub.groups.read' },
  { title: 'API keys', of: 'api_keys', to: '/hub/api-keys', needs: 'hub.api-keys.read' },
  { title: 'Audit records today', of: 'audit_records_today', to: '/hub/audit', needs: 'hub.audit.read' },
];

function Counts({ counts }: { counts: Overview['counts'] }) {
  const can = useCan();
  return (
    <Paper
      variant="outlined"
      sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr 1fr', md: 'repeat(4, 1fr)' }, gap: '1px', bgcolor: 'divider', overflow: 'hidden' }}
    >
      {counted.map(({ title, of, to, needs }) => (
        <Box key={of} sx={{ bgcolor: 'background.paper', px: 2, py: 1.5 }}>
          <Typography variant="caption" color="textSecondary" component="p">
            {can(needs) ? (
              <Link component={RouterLink} to={to} color="inherit">
                {title}
              </Link>
            ) : (
              title
            )}
          </Typography>
          <Typography sx={{ fontSize: '1.5rem', fontWeight: 650, lineHeight: 1.25, fontVariantNumeric: 'tabular-nums' }}>
            {counts[of].toLocaleString('en')}
          </Typography>
        </Box>
      ))}
    </Paper>
  );
}

function Loading() {
  return (
    <>
      <Skeleton variant="rounded" height={72} />
      <Skeleton variant="rounded" height={128} />
      <Section title="Services" flush>
        <LoadingRows rows={4} />
      </Section>
    </>
  );
}
