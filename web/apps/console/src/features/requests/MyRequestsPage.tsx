import { Button } from '@mui/material';
import { PackageSearch } from 'lucide-react';
import { Link } from 'react-router';
import { useCan } from '#shared/session/useMe';
import { Page } from '#shared/ui/Page';
import { useFilters } from '#shared/ui/useFilters';
import { RequestList } from './RequestList';
import { useItemNames } from '#shared/api/useItemNames';
import { filterNames, useMyRequests } from './useRequests';

export default function MyRequestsPage() {
  const [filter, setFilter] = useFilters(filterNames);
  const requests = useMyRequests(filter);
  const items = useItemNames();
  const browse = useCan()('catalog.items.read') && (
    <Button variant="contained" component={Link} to="/service-catalog/browse" startIcon={<PackageSearch size={16} aria-hidden />}>
      Browse the catalog
    </Button>
  );
  return (
    <Page title="My requests" about="What you asked for, and what others asked for on your behalf." actions={browse}>
      <RequestList
        label="My requests"
        requests={requests}
        items={items.data}
        filter={filter}
        onFilter={setFilter}
        empty={{ title: 'You have asked for nothing yet', about: 'Find what you need in the catalog; here you see then where it stands.', action: browse }}
      />
    </Page>
  );
}
