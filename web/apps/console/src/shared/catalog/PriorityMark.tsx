import { Box } from '@mui/material';
import type { TicketPriority } from '@itechsmart/api';
import { priorityTones } from './tickets';

/** The colour stands for nothing that the word does not say. */
export function PriorityMark({ priority }: { priority: string }) {
  const tone = priorityTones[priority as TicketPriority] ?? 'neutral';
  const color = tone === 'neutral' ? 'text.secondary' : `${tone}.main`;
  return (
    <Box component="span" sx={{ display: 'inline-block', minWidth: 28, textAlign: 'center', px: 0.5, border: 1, borderColor: color, borderRadius: 0.5, color, typography: 'caption', fontWeight: 650, lineHeight: 1.5 }}>
      {priority}
    </Box>
  );
}
