/** The tickets that a major incident is made of. */
import type { MajorIncident } from '@itechsmart/api';
import { Button, Link, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { Link as RouterLink } from 'react-router';
import { LinkedTickets } from '#shared/catalog/LinkedTickets';
import { TicketPicker, type PickedTicket } from '#shared/catalog/TicketPicker';
import { useForm } from '#shared/forms/useForm';
import { useCan } from '#shared/session/useMe';
import { FormDialog } from '#shared/ui/dialogs';
import { useToast } from '#shared/ui/toast';
import { useIncidentChanges } from '../useIncidentChanges';

export function Tickets({ incident, writes }: { incident: MajorIncident; writes: boolean }) {
  const { removeTicket } = useIncidentChanges(incident.id, undefined);
  const sees = useCan()('catalog.all-tickets.read');
  const [adding, setAdding] = useState(false);
  const toast = useToast();
  const { tickets, ticket_id, number } = incident;
  return (
    <Stack sx={{ gap: 1, alignItems: 'stretch' }}>
      <Typography variant="body2" color="textSecondary">
        Declared from{' '}
        {sees ? (
          <Link component={RouterLink} to={`/service-catalog/desk/${ticket_id}`} underline="always">
            #{number}
          </Link>
        ) : (
          `#${number}`
        )}
        .{tickets.length === 0 && ' No other ticket is part of it.'}
      </Typography>
      {tickets.length > 0 && (
        <LinkedTickets
          tickets={tickets}
          busy={removeTicket.isPending}
          onRemove={writes ? ({ id, number: of }) => removeTicket.mutate(id, { onSuccess: () => toast(`#${of} is no part of it any more.`), onError: (problem) => toast(problem.detail, 'error') }) : undefined}
        />
      )}
      {writes && sees && (
        <Button variant="outlined" color="inherit" sx={{ alignSelf: 'start' }} onClick={() => setAdding(true)}>
          Add a ticket…
        </Button>
      )}
      {adding && <AddDialog incident={incident} onClose={() => setAdding(false)} />}
    </Stack>
  );
}

function AddDialog({ incident, onClose }: { incident: MajorIncident; onClose: () => void }) {
  const { addTicket } = useIncidentChanges(incident.id, undefined);
  const form = useForm<{ ticket_id: PickedTicket | null }>({ ticket_id: null });
  const ticket = form.values.ticket_id;
  const send = () => (ticket === null ? Promise.resolve() : addTicket.mutateAsync(ticket.id));
  return (
    <FormDialog open title="Add a ticket to the major incident" submit="Add" busy={form.busy} problem={form.problem} disabled={ticket === null} onClose={onClose} onSubmit={() => void form.submit(send).then((done) => done && onClose())}>
      <TicketPicker autoFocus label="Ticket" ticket={ticket} except={[incident.ticket_id, ...incident.tickets.map(({ id }) => id)]} onChange={(next) => form.set('ticket_id', next)} error={form.error('ticket_id')} help="Its requester, and who follows it, reads the status updates that are for them." />
    </FormDialog>
  );
}
