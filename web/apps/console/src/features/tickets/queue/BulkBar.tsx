/** What can be done to the tickets that are selected. */
import type { BulkInput, TicketState } from '@itechsmart/api';
import { Box, Button, Menu, MenuItem, Stack, Typography } from '@mui/material';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { count } from '#shared/format/text';
import { Resolve } from '../Resolve';
import { AssignSeveral } from './AssignSeveral';

type Deed = Omit<BulkInput, 'tickets'>;

interface BulkBarProps {
  selected: number;
  busy: boolean;
  onTake: () => void;
  onDo: (deed: Deed) => Promise<unknown>;
  onClear: () => void;
}

const moves: readonly [to: TicketState, title: string][] = [
  ['open', 'Open'],
  ['pending_customer', 'Waits for the requester'],
  ['pending_vendor', 'Waits for a vendor'],
  ['pending_change', 'Waits for a change'],
  ['resolved', 'Resolved…'],
  ['closed', 'Closed'],
];

export function BulkBar({ selected, busy, onTake, onDo, onClear }: BulkBarProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [dialog, setDialog] = useState<'assign' | 'resolve'>();
  const them = count(selected, 'ticket');
  const move = (to: TicketState) => {
    setAnchor(null);
    if (to === 'resolved') setDialog('resolve');
    else void onDo({ move: { to } });
  };
  return (
    <Box
      role="region"
      aria-label="Selected tickets"
      sx={{ position: 'sticky', bottom: 0, zIndex: 2, borderTop: 1, borderColor: 'divider', bgcolor: 'background.paper', px: 2, py: 1, visibility: selected === 0 ? 'hidden' : 'visible', display: selected === 0 ? 'none' : 'block' }}
    >
      <Stack direction="row" sx={{ gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography variant="body2" sx={{ fontWeight: 600, mr: 1 }}>
          {them} selected
        </Typography>
        <Button variant="outlined" disabled={busy} onClick={onTake}>
          Assign to me
        </Button>
        <Button variant="outlined" disabled={busy} onClick={() => setDialog('assign')}>
          Assign…
        </Button>
        <Button variant="outlined" disabled={busy} endIcon={<ChevronDown size={14} aria-hidden />} aria-haspopup="menu" onClick={(event) => setAnchor(event.currentTarget)}>
          Set state
        </Button>
        <Button color="inherit" onClick={onClear}>
          Select none
        </Button>
      </Stack>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {moves.map(([to, title]) => (
          <MenuItem key={to} onClick={() => move(to)}>
            {title}
          </MenuItem>
        ))}
      </Menu>
      {dialog === 'assign' && <AssignSeveral title={`Assign ${them}`} save={(change) => onDo({ change })} onClose={() => setDialog(undefined)} />}
      {dialog === 'resolve' && <Resolve title={`Resolve ${them}`} save={({ solution }) => onDo({ move: { to: 'resolved', solution } })} onClose={() => setDialog(undefined)} />}
    </Box>
  );
}
