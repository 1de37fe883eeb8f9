import { useCan } from '#shared/session/useMe';
import { Page } from '#shared/ui/Page';
import { useFilters } from '#shared/ui/useFilters';
import { RequestList } from './RequestList';
import { useCostCentres } from '#shared/api/useCostCentres';
import { useItemNames } from '#shared/api/useItemNames';
import { filterNames, useAllRequests } from './useRequests';

export default function AllRequestsPage() {
  const [filter, setFilter] = useFilters(filterNames);
  const requests = useAllRequests(filter);
  const items = useItemNames();
  const looksUp = useCan()('hub.people.read');
  return (
    <Page title="All requests" about="Everybody’s requests, the newest first.">
      <RequestList
        label="All requests"
        requests={requests}
        items={items.data}
        centres={useCostCentres().data}
        byPerson={looksUp || filter.person !== ''}
        filter={filter}
        onFilter={setFilter}
        empty={{ title: 'Nobody has asked for anything yet', about: 'Requests appear here as they are made.' }}
      />
    </Page>
  );
}
