/** An approver's place: what waits, what was decided, and who decides while they are away. */
import { Tab, Tabs } from '@mui/material';
import { useCan } from '#shared/session/useMe';
import { Page } from '#shared/ui/Page';
import { useFilters } from '#shared/ui/useFilters';
import { Decided } from './Decided';
import { Delegation } from './Delegation';
import { Waiting } from './Waiting';

export default function ApprovalsPage() {
  const [{ view }, set] = useFilters(['view', 'state']);
  const delegates = useCan()('catalog.approvals.write');
  const shown = view === 'decided' || (view === 'delegation' && delegates) ? view : 'waiting';
  return (
    <Page title="Approvals" about="Requests that are yours to decide on. You see all that was asked for before you do.">
      <Tabs
        value={shown}
        onChange={(_, next: string) => set({ view: next === 'waiting' ? '' : next, state: '' })}
        aria-label="Approvals"
        variant="scrollable"
        scrollButtons={false}
        sx={{ borderBottom: 1, borderColor: 'divider' }}
      >
        <Tab value="waiting" label="Waiting" />
        <Tab value="decided" label="Decided" />
        {delegates && <Tab value="delegation" label="Delegation" />}
      </Tabs>
      {shown === 'waiting' && <Waiting />}
      {shown === 'decided' && <Decided />}
      {shown === 'delegation' && <Delegation />}
    </Page>
  );
}
