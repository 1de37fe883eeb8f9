/** The public status page: how everything stands, without signing in. It follows by itself. */
import type { PublicIncident, PublicStatus } from '@itechsmart/api';
import { Alert, Box, Link, Paper, Skeleton, Stack, Typography } from '@mui/material';
import { CircleAlert, CircleCheck, CircleX, Rss, TriangleAlert, Wrench, type LucideIcon } from 'lucide-react';
import { useParams } from 'react-router';
import { componentState } from '#shared/catalog/status';
import { useTitle } from '#shared/ui/Page';
import { Markdown } from '#shared/ui/Markdown';
import type { Tone } from '#shared/ui/State';
import { Failed } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { Components } from './Components';
import { headline } from './days';
import { Incident } from './Incident';
import { Maintenance } from './Maintenance';
import { Past } from './Past';
import { useStatus } from './useStatus';

export default function StatusPage() {
  const { slug = '' } = useParams();
  const { data, error, dataUpdatedAt, refetch } = useStatus(slug);
  useTitle(data?.title ?? 'Status');
  if (data === undefined && error === null) return <Loading />;
  if (data === undefined) {
    return (
      <Stack sx={{ gap: 2 }}>
        <Typography variant="h1">{error?.kind === 'not_found' ? 'There is no status page here' : 'How everything stands is not known right now'}</Typography>
        {error?.kind === 'not_found' ? <Typography color="textSecondary">Look at the address again, or ask whoever gave it to you.</Typography> : error !== null && <Failed problem={error} retry={() => void refetch()} />}
      </Stack>
    );
  }
  return <Content slug={slug} status={data} read_ms={dataUpdatedAt} outdated={error !== null} />;
}

interface ContentProps {
  slug: string;
  status: PublicStatus;
  read_ms: number;
  /** It could not be asked again. */
  outdated: boolean;
}

function Content({ slug, status, read_ms, outdated }: ContentProps) {
  const running = status.maintenance.filter(({ phase }) => phase === 'running');
  const coming = status.maintenance.filter(({ phase }) => phase !== 'running');
  return (
    <Stack sx={{ gap: { xs: 3, sm: 4 } }}>
      <Box component="header">
        <Typography variant="h1" sx={{ fontSize: { xs: '1.5rem', sm: '1.875rem' }, overflowWrap: 'anywhere' }}>
          {status.title}
        </Typography>
        {status.introduction !== '' && (
          <Box sx={{ mt: 1, color: 'text.secondary', maxWidth: 680 }}>
            <Markdown>{status.introduction}</Markdown>
          </Box>
        )}
      </Box>
      <Overall status={status} read_ms={read_ms} />
      {outdated && <Alert severity="warning">This is how it stood a moment ago. The page cannot reach the server right now, and keeps trying.</Alert>}
      {status.incidents.length > 0 && (
        <Part title={status.incidents.length === 1 ? 'Going on now' : `Going on now: ${status.incidents.length}`}>
          {status.incidents.map((incident: PublicIncident) => (
            <Incident key={incident.id} incident={incident} />
          ))}
        </Part>
      )}
      {running.length > 0 && (
        <Part title="Maintenance under way">
          {running.map((one) => (
            <Maintenance key={one.id} maintenance={one} />
          ))}
        </Part>
      )}
      {status.components.length > 0 && (
        <Part title="Services">
          <Components status={status} />
        </Part>
      )}
      {coming.length > 0 && (
        <Part title="Planned maintenance">
          {coming.map((one) => (
            <Maintenance key={one.id} maintenance={one} />
          ))}
        </Part>
      )}
      <Part title="The last 90 days">
        <Past status={status} />
      </Part>
      <Typography variant="body2" color="textSecondary">
        <Link href={`/api/v1/service-catalog/status/${encodeURIComponent(slug)}/feed.atom`} underline="always" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}>
          <Rss size={14} aria-hidden />
          Follow it as a feed
        </Link>
      </Typography>
    </Stack>
  );
}

export function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Box component="section" aria-label={title}>
      <Typography variant="h2" sx={{ mb: 1.25 }}>
        {title}
      </Typography>
      <Stack sx={{ gap: 1.5 }}>{children}</Stack>
    </Box>
  );
}

const icons: Record<Tone, LucideIcon> = { success: CircleCheck, info: Wrench, warning: TriangleAlert, error: CircleX, neutral: CircleAlert };

function Overall({ status, read_ms }: { status: PublicStatus; read_ms: number }) {
  const quiet = status.state === 'operational' && status.incidents.length > 0;
  const tone: Tone = quiet ? 'warning' : componentState(status.state).tone;
  const Icon = icons[tone];
  const color = tone === 'neutral' ? 'text.secondary' : `${tone}.main`;
  return (
    <Paper variant="outlined" role="status" sx={{ p: { xs: 2, sm: 2.5 }, display: 'flex', gap: 2, alignItems: 'center', borderLeft: 4, borderLeftColor: color }}>
      <Box sx={{ color, lineHeight: 0, flexShrink: 0 }}>
        <Icon size={28} strokeWidth={1.75} aria-hidden />
      </Box>
      <Box sx={{ minWidth: 0 }}>
        <Typography sx={{ fontSize: '1.125rem', fontWeight: 650, lineHeight: 1.3 }}>{headline(status)}</Typography>
        <Typography variant="body2" color="textSecondary">
          Looked at <Time>{read_ms}</Time>
        </Typography>
      </Box>
    </Paper>
  );
}

function Loading() {
  return (
    <Stack role="status" aria-label="Loading" sx={{ gap: 3 }}>
      <Skeleton variant="text" width={260} height={44} />
      <Skeleton variant="rounded" height={84} />
      <Skeleton variant="rounded" height={240} />
    </Stack>
  );
}
