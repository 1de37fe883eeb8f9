/** What the description was before it was changed, as it was written. */
import type { TicketEvent } from '@itechsmart/api';
import { Box, Button, Collapse, Typography } from '@mui/material';
import { useId, useMemo, useState } from 'react';
import type { Pages } from '#shared/api/usePages';
import { capital } from '#shared/catalog/words';
import { count } from '#shared/format/text';
import { None } from '#shared/ui/None';
import { ExactTime } from '#shared/ui/Time';
import { earlier } from './events';

export function EarlierTexts({ events: { items } }: { events: Pages<TicketEvent> }) {
  const texts = useMemo(() => earlier(items ?? []), [items]);
  const [open, setOpen] = useState(false);
  const id = useId();
  if (texts.length === 0) return null;
  return (
    <Box sx={{ mt: 1 }}>
      <Button size="small" color="inherit" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)} sx={{ ml: -0.5 }}>
        {open ? 'Hide what it was before' : `What it was before (${count(texts.length, 'change')})`}
      </Button>
      <Collapse in={open} id={id} unmountOnExit>
        <Box component="ol" aria-label="Earlier descriptions" sx={{ listStyle: 'none', m: 0, mt: 1, p: 0, display: 'grid', gap: 1.5 }}>
          {texts.map(({ number, at, who, text }) => (
            <Box component="li" key={number} sx={{ minWidth: 0, pl: 1.5, borderLeft: 3, borderColor: 'divider' }}>
              <Typography variant="caption" color="textSecondary" component="p">
                {capital(who)} changed it, <ExactTime>{at}</ExactTime>. Before:
              </Typography>
              {text === '' ? (
                <None word="Nothing was said" />
              ) : (
                <Typography variant="body2" sx={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                  {text}
                </Typography>
              )}
            </Box>
          ))}
        </Box>
      </Collapse>
    </Box>
  );
}
