/** The public status page, for those who keep it: what it is, its components, and maintenance. */
import { Button, Skeleton } from '@mui/material';
import { ExternalLink } from 'lucide-react';
import { useStatusComponents, useStatusPage } from '#shared/api/useStatusPage';
import { statusPath } from '#shared/catalog/status';
import { Page } from '#shared/ui/Page';
import { Failed } from '#shared/ui/states';
import { Components } from './Components';
import { MaintenanceList } from './MaintenanceList';
import { Settings } from './Settings';

/** Incidents change how components stand. */
const REFRESH_MS = 15_000;

export default function StatusPagePage() {
  const page = useStatusPage();
  const components = useStatusComponents(REFRESH_MS);
  const settings = page.data?.data.settings;
  return (
    <Page
      title="Status page"
      about="What everybody reads, without signing in: how your services stand, public updates of major incidents, and maintenance."
      actions={
        settings?.is_published === true && (
          <Button variant="outlined" href={statusPath(settings.slug)} target="_blank" rel="noopener" endIcon={<ExternalLink size={15} aria-hidden />}>
            Open the page
          </Button>
        )
      }
    >
      <Components components={components} />
      <MaintenanceList components={components.data?.data.items ?? []} />
      {page.data !== undefined && <Settings key={page.data.data.version} page={page.data.data} />}
      {page.data === undefined && page.error === null && <Skeleton variant="rounded" height={220} />}
      {page.data === undefined && page.error !== null && <Failed problem={page.error} retry={() => void page.refetch()} />}
    </Page>
  );
}
