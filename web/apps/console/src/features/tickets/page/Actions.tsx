/** What can be done to a ticket as it stands: by agents, and by whom it is for. */
import type { Ticket, TicketMove, TicketState } from '@itechsmart/api';
import { Button, Menu, MenuItem } from '@mui/material';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { auditLink } from '#shared/catalog/auditLink';
import { AuditTrail } from '#shared/catalog/AuditTrail';
import { incidentPath } from '#shared/catalog/incidents';
import { isDone } from '#shared/catalog/tickets';
import { useCan, useMe } from '#shared/session/useMe';
import { Confirm } from '#shared/ui/dialogs';
import { useToast } from '#shared/ui/toast';
import { Assign, type Assignment } from '../Assign';
import { Resolve } from '../Resolve';
import { useTicketChanges } from '../useTicketChanges';
import { useLinkChanges } from '../useLinkChanges';
import { DeclareDialog } from './DeclareDialog';
import { EditDialog } from './EditDialog';
import { HandOverDialog } from './HandOverDialog';
import { MergeDialog } from './MergeDialog';

interface ActionsProps {
  ticket: Ticket;
  etag: string | undefined;
}

type Dialog = 'assign' | 'hand-over' | 'edit' | 'resolve' | 'merge' | 'declare';

const waits: readonly [to: TicketState, title: string][] = [
  ['pending_customer', 'The requester'],
  ['pending_vendor', 'A vendor'],
  ['pending_change', 'A change'],
];

export function AgentActions({ ticket, etag }: ActionsProps) {
  const { change, move, handOver } = useTicketChanges(ticket.id, etag);
  const { merge, declare } = useLinkChanges(ticket.id, etag);
  const can = useCan();
  const leads = can('catalog.major-incidents.write');
  const navigate = useNavigate();
  const me = useMe();
  const toast = useToast();
  const [dialog, setDialog] = useState<Dialog>();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [more, setMore] = useState<HTMLElement | null>(null);
  const busy = change.isPending || move.isPending;
  // Of what was stale, and read again, it is told already.
  const fail = (problem: { kind: string; detail: string }) => problem.kind !== 'stale' && toast(problem.detail, 'error');
  const go = (to: TicketState, said: string) => move.mutate({ to }, { onSuccess: () => toast(said), onError: fail });
  const close = () => setDialog(undefined);
  const assign = ({ group_id, assignee_id }: Assignment) => change.mutateAsync({ group_id: group_id === '' ? null : group_id, assignee_id: assignee_id?.id ?? null });
  const { state, assignee, group } = ticket;
  if (state === 'closed') return <AuditTrail id={ticket.id} />;
  if (state === 'resolved') {
    return (
      <>
        <AuditTrail id={ticket.id} />
        <Button variant="outlined" disabled={busy} onClick={() => go('open', 'It is open again.')}>
          Reopen
        </Button>
        <Button variant="contained" disabled={busy} onClick={() => go('closed', 'It is closed.')}>
          Close
        </Button>
      </>
    );
  }
  const isUrgent = ticket.priority === 'P1' || ticket.priority === 'P2';
  const openFromMenu = (which: Dialog) => {
    setMore(null);
    setDialog(which);
  };
  const initial: Assignment = { group_id: group?.id ?? '', assignee_id: assignee?.name == null ? null : { id: assignee.id, name: assignee.name } };
  return (
    <>
      <Button color="inherit" variant="outlined" onClick={() => setDialog('edit')}>
        Edit
      </Button>
      {assignee?.id !== me.id && (
        <Button variant="outlined" disabled={busy} onClick={() => change.mutate({ assignee_id: me.id }, { onSuccess: () => toast('It is yours.'), onError: fail })}>
          Take
        </Button>
      )}
      <Button variant="outlined" onClick={() => setDialog('assign')}>
        Assign…
      </Button>
      <Button variant="outlined" disabled={busy} endIcon={<ChevronDown size={14} aria-hidden />} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
        Wait for
      </Button>
      {state.startsWith('pending') && (
        <Button variant="outlined" disabled={busy} onClick={() => go('open', 'It is open again.')}>
          Resume
        </Button>
      )}
      <Button variant="outlined" color="inherit" endIcon={<ChevronDown size={14} aria-hidden />} aria-haspopup="menu" onClick={(event) => setMore(event.currentTarget)}>
        More
      </Button>
      <Button variant="contained" onClick={() => setDialog('resolve')}>
        Resolve…
      </Button>
      <Menu anchorEl={more} open={more !== null} onClose={() => setMore(null)}>
        <MenuItem onClick={() => openFromMenu('hand-over')}>Hand over to another tier…</MenuItem>
        <MenuItem onClick={() => openFromMenu('merge')}>Merge into another…</MenuItem>
        {leads && ticket.major_incident_id == null && (
          <MenuItem disabled={!isUrgent} onClick={() => openFromMenu('declare')}>
            {isUrgent ? 'Declare a major incident…' : 'Declare a major incident (P1 and P2 alone)'}
          </MenuItem>
        )}
        {can('catalog.audit.read') && (
          <MenuItem component={Link} to={auditLink(ticket.id)}>
            Audit trail
          </MenuItem>
        )}
      </Menu>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {waits.map(([to, title]) => (
          <MenuItem
            key={to}
            disabled={to === state}
            onClick={() => {
              setAnchor(null);
              go(to, `It waits for ${title.toLowerCase()}.`);
            }}
          >
            {title}
          </MenuItem>
        ))}
      </Menu>
      {dialog === 'edit' && <EditDialog ticket={ticket} save={change.mutateAsync} onClose={close} />}
      {dialog === 'assign' && <Assign title={`Whose is #${ticket.number}?`} submit="Assign" initial={initial} tier={ticket.tier} groupName={group?.name ?? undefined} save={assign} onClose={close} />}
      {dialog === 'hand-over' && <HandOverDialog ticket={ticket} save={handOver.mutateAsync} onClose={close} />}
      {dialog === 'merge' && (
        <MergeDialog
          ticket={ticket}
          save={async (into) => {
            const remaining = await merge.mutateAsync(into);
            toast(`#${ticket.number} is merged into #${remaining.number}.`);
            await navigate(`/service-catalog/desk/${remaining.id}`);
          }}
          onClose={close}
        />
      )}
      {dialog === 'declare' && (
        <DeclareDialog
          ticket={ticket}
          save={async (input) => {
            const incident = await declare.mutateAsync(input);
            toast('It is a major incident.');
            await navigate(incidentPath(incident.id));
          }}
          onClose={close}
        />
      )}
      {dialog === 'resolve' && <Resolve title={`Resolve #${ticket.number}`} save={({ solution }) => move.mutateAsync({ to: 'resolved', solution })} onClose={close} />}
    </>
  );
}

interface OwnMove {
  move: TicketMove;
  button: string;
  title: string;
  about: string;
  done: string;
  contained?: boolean;
}

const solved: OwnMove = { move: { to: 'resolved' }, button: 'It is solved', title: 'Is it solved?', about: 'Nobody works on it any more. You can reopen it for a while.', done: 'Good to hear.' };
const reopen: OwnMove = { move: { to: 'open' }, button: 'It is not solved', title: 'Reopen the ticket?', about: 'It goes back to the desk. Say in a reply what is still wrong.', done: 'It is open again.' };
const close: OwnMove = { move: { to: 'closed' }, button: 'Close the ticket', title: 'Close the ticket?', about: 'It is history then: it cannot be reopened.', done: 'It is closed.', contained: true };

/** What its requester may do, as it stands. */
export function ownMoves({ state, reopens_until }: Pick<Ticket, 'state' | 'reopens_until'>, now: number): OwnMove[] {
  if (state === 'closed') return [];
  if (!isDone(state)) return [solved];
  return reopens_until != null && Date.parse(reopens_until) > now ? [reopen, close] : [close];
}

export function OwnActions({ ticket, etag, now }: ActionsProps & { now: number }) {
  const { move } = useTicketChanges(ticket.id, etag);
  const toast = useToast();
  if (!useCan()('catalog.tickets.write')) return null;
  return ownMoves(ticket, now).map((one) => (
    <Confirm
      key={one.button}
      title={one.title}
      submit={one.button}
      act={async () => {
        await move.mutateAsync(one.move);
        toast(one.done);
      }}
      trigger={(open) => (
        <Button variant={one.contained === true ? 'contained' : 'outlined'} onClick={open}>
          {one.button}
        </Button>
      )}
    >
      {one.about}
    </Confirm>
  ));
}
