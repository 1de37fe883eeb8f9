/** What is to be done so that it does not happen again: by whom, and by when. */
import type { ReviewActionState } from '@itechsmart/api';
import { Box, Button, IconButton, MenuItem, Stack, TextField, Tooltip, Typography } from '@mui/material';
import { Plus, Trash2 } from 'lucide-react';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { actionStates, lacking, type ActionDraft } from './draft';

const ACTIONS_MAX = 50;

export function ActionsEditor({ actions, onChange }: { actions: readonly ActionDraft[]; onChange: (actions: ActionDraft[]) => void }) {
  const change = (at: number, part: Partial<ActionDraft>) => onChange(actions.map((action, index) => (index === at ? { ...action, ...part } : action)));
  return (
    <Stack sx={{ gap: 2, alignItems: 'stretch' }}>
      {actions.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          Nothing is to be done yet.
        </Typography>
      )}
      {actions.map((action, at) => {
        const missing = lacking(action);
        return (
          <Box key={at} role="group" aria-label={`Action ${at + 1}`} sx={{ display: 'grid', gap: 1.5, p: 1.5, border: 1, borderColor: 'divider', borderRadius: 1 }}>
            <Stack direction="row" sx={{ gap: 1, alignItems: 'flex-start' }}>
              <TextField fullWidth multiline label={`What is to be done (${at + 1})`} value={action.text} onChange={(event) => change(at, { text: event.target.value })} slotProps={{ htmlInput: { maxLength: 1_000 } }} />
              <Tooltip title="Remove it">
                <IconButton aria-label={`Remove action ${at + 1}`} onClick={() => onChange(actions.filter((_, index) => index !== at))}>
                  <Trash2 size={16} aria-hidden />
                </IconButton>
              </Tooltip>
            </Stack>
            <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'minmax(0, 2fr) 170px 140px' } }}>
              <PersonPicker label="Owner" person={action.owner} onChange={(owner) => change(at, { owner })} />
              <TextField type="date" label="Due" value={action.due_on} onChange={(event) => change(at, { due_on: event.target.value })} slotProps={{ inputLabel: { shrink: true } }} />
              <TextField select label="State" value={action.state} onChange={(event) => change(at, { state: event.target.value as ReviewActionState })}>
                {Object.entries(actionStates).map(([value, { word }]) => (
                  <MenuItem key={value} value={value}>
                    {word}
                  </MenuItem>
                ))}
              </TextField>
            </Box>
            {missing !== undefined && (
              <Typography variant="caption" color="textSecondary">
                {missing}
              </Typography>
            )}
          </Box>
        );
      })}
      <Button variant="outlined" sx={{ alignSelf: 'start' }} startIcon={<Plus size={15} aria-hidden />} disabled={actions.length >= ACTIONS_MAX} onClick={() => onChange([...actions, { text: '', owner: null, due_on: '', state: 'open' }])}>
        Add an action
      </Button>
    </Stack>
  );
}
