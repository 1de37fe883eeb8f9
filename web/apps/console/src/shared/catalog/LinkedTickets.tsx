/** Tickets that something is linked to, each with its state. */
import type { LinkedTicket } from '@itechsmart/api';
import { Box, IconButton, Link, Tooltip, Typography } from '@mui/material';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';
import { useCan } from '#shared/session/useMe';
import { State } from '#shared/ui/State';
import { ticketState } from './tickets';

interface LinkedTicketsProps {
  tickets: readonly LinkedTicket[];
  busy?: boolean;
  onRemove?: ((ticket: LinkedTicket) => void) | undefined;
  /** Said of one of them. */
  mark?: (ticket: LinkedTicket) => ReactNode;
}

export function LinkedTickets({ tickets, busy = false, onRemove, mark }: LinkedTicketsProps) {
  const sees = useCan()('catalog.all-tickets.read');
  return (
    <Box component="ul" aria-label="Tickets" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {tickets.map((ticket) => {
        const { id, number, title, state } = ticket;
        const { tone, word } = ticketState(state);
        return (
          <Box component="li" key={id} sx={{ display: 'flex', gap: 1, py: 0.75, alignItems: 'flex-start', justifyContent: 'space-between', '& + &': { borderTop: 1, borderColor: 'divider' } }}>
            <Box sx={{ minWidth: 0 }}>
              <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
                {sees ? (
                  <Link component={RouterLink} to={`/service-catalog/desk/${id}`} underline="hover">
                    #{number} · {title}
                  </Link>
                ) : (
                  `#${number} · ${title}`
                )}
              </Typography>
              <State tone={tone}>{word}</State>
              {mark?.(ticket)}
            </Box>
            {onRemove !== undefined && (
              <Tooltip title="Take it out">
                <IconButton size="small" aria-label={`Take #${number} out`} disabled={busy} onClick={() => onRemove(ticket)}>
                  <X size={15} aria-hidden />
                </IconButton>
              </Tooltip>
            )}
          </Box>
        );
      })}
    </Box>
  );
}
