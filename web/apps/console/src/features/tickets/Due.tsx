/** When the next promise is due, and whether that is a worry. */
import { Box, Tooltip } from '@mui/material';
import { AlarmClock, TriangleAlert } from 'lucide-react';
import type { TicketSummary } from '@itechsmart/api';
import { isDone } from '#shared/catalog/tickets';
import { exact, relative } from '#shared/format/time';
import { None } from '#shared/ui/None';
import { useNow } from '#shared/ui/Time';

type DueTicket = Pick<TicketSummary, 'due_at' | 'is_breached' | 'is_at_risk' | 'state'>;

export function Due({ ticket: { due_at, is_breached, is_at_risk, state } }: { ticket: DueTicket }) {
  const now = useNow();
  const when = due_at == null ? undefined : relative(due_at, now);
  if (is_breached) {
    const word = when === undefined ? 'Breached' : `Breached, due ${when}`;
    return <Worry tone="error" icon={<TriangleAlert size={14} aria-hidden />} word={word} at={due_at} />;
  }
  if (when === undefined) return <None word={isDone(state) ? 'Done' : state.startsWith('pending') ? 'Waiting' : '–'} />;
  if (is_at_risk) return <Worry tone="warning" icon={<AlarmClock size={14} aria-hidden />} word={`At risk, due ${when}`} at={due_at} />;
  return <Worry icon={undefined} word={when} at={due_at} />;
}

function Worry({ tone, icon, word, at }: { tone?: 'error' | 'warning'; icon: React.ReactNode; word: string; at: string | null | undefined }) {
  return (
    <Tooltip title={at == null ? '' : exact(at)}>
      <Box component="span" sx={{ display: 'inline-flex', gap: 0.5, alignItems: 'center', ...(tone !== undefined && { color: `${tone}.main`, fontWeight: 600 }) }}>
        {icon !== undefined && (
          <Box component="span" sx={{ lineHeight: 0, flexShrink: 0 }}>
            {icon}
          </Box>
        )}
        {word}
      </Box>
    </Tooltip>
  );
}
