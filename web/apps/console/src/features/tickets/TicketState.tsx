import { ownState, priorityTones, ticketState } from '#shared/catalog/tickets';
import { State } from '#shared/ui/State';
import { Box } from '@mui/material';
import type { TicketPriority } from '@itechsmart/api';

export function TicketState({ state, own = false }: { state: string; own?: boolean }) {
  const { tone, word } = own ? ownState(state) : ticketState(state);
  return <State tone={tone}>{word}</State>;
}

/** The colour stands for nothing that the word does not say. */
export function Priority({ priority }: { priority: TicketPriority }) {
  const tone = priorityTones[priority] ?? 'neutral';
  const color = tone === 'neutral' ? 'text.secondary' : `${tone}.main`;
  return (
    <Box component="span" sx={{ display: 'inline-block', minWidth: 28, textAlign: 'center', px: 0.5, border: 1, borderColor: color, borderRadius: 0.5, color, typography: 'caption', fontWeight: 650, lineHeight: 1.5 }}>
      {priority}
    </Box>
  );
}
