/** A canned answer, filled in for a ticket, to be looked at before it is sent. */
import type { CannedAnswer, FilledAnswer } from '@itechsmart/api';
import { Autocomplete, Box, Button, Popover, TextField, Typography } from '@mui/material';
import { MessageSquareQuote } from 'lucide-react';
import { useState } from 'react';
import { catalog } from '#shared/session/session';
import { useToast } from '#shared/ui/toast';
import { toProblem } from '@itechsmart/api';
import { useCannedAnswers } from './useLinks';

interface CannedPickerProps {
  ticket: string;
  onPick: (text: string) => void;
}

export function CannedPicker({ ticket, onPick }: CannedPickerProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [busy, setBusy] = useState(false);
  const open = anchor !== null;
  const answers = useCannedAnswers(open);
  const toast = useToast();
  const pick = async ({ id }: CannedAnswer) => {
    setBusy(true);
    try {
      const { filled } = await catalog.get<FilledAnswer>(`/canned-answers/${id}/filled`, { ticket_id: ticket });
      setAnchor(null);
      onPick(filled);
    } catch (thrown) {
      toast(toProblem(thrown).detail, 'error');
    } finally {
      setBusy(false);
    }
  };
  const items = answers.data?.data.items;
  return (
    <>
      <Button size="small" color="inherit" startIcon={<MessageSquareQuote size={15} aria-hidden />} aria-haspopup="dialog" onClick={(event) => setAnchor(event.currentTarget)}>
        Canned answer
      </Button>
      <Popover open={open} anchorEl={anchor} onClose={() => setAnchor(null)} slotProps={{ paper: { role: 'dialog', 'aria-label': 'Canned answers', sx: { p: 1.5, width: 360, maxWidth: '92vw' } } }}>
        <Autocomplete<CannedAnswer>
          openOnFocus
          slotProps={{ paper: { elevation: 8, sx: { border: 1, borderColor: 'divider' } } }}
          size="small"
          disabled={busy}
          options={items ?? []}
          loading={answers.isFetching}
          noOptionsText={answers.error === null ? 'There is none with this name' : answers.error.message}
          value={null}
          onChange={(_, next) => next !== null && void pick(next)}
          getOptionLabel={({ name }) => name}
          isOptionEqualToValue={(one, other) => one.id === other.id}
          renderOption={(props, { id, name, text, group }) => (
            <li {...props} key={id}>
              <Box sx={{ minWidth: 0, width: '100%' }}>
                {name}
                <Typography component="span" variant="caption" color="textSecondary" noWrap sx={{ display: 'block' }}>
                  {group?.name != null && `${group.name}: `}
                  {text}
                </Typography>
              </Box>
            </li>
          )}
          renderInput={(props) => <TextField {...props} autoFocus label="Find an answer" helperText="It is filled in, and you change what you like before it is sent." />}
        />
      </Popover>
    </>
  );
}
