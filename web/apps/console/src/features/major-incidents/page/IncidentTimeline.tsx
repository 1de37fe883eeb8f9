/** What happened in a major incident, and when; and a place to add to it, and to say how it stands. */
import { toProblem, type MajorIncident, type Problem, type TimelineEntry, type UpdateAudience } from '@itechsmart/api';
import { Box, Button, Chip, MenuItem, Stack, TextField, ToggleButton, ToggleButtonGroup, Typography } from '@mui/material';
import { Clock3, Megaphone } from 'lucide-react';
import { useMemo, useState } from 'react';
import { fromLocalField, toLocalField } from '#shared/format/time';
import { Markdown } from '#shared/ui/Markdown';
import { Failed, FormProblem, LoadingRows } from '#shared/ui/states';
import { ExactTime, useNow } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { useIncidentChanges } from '../useIncidentChanges';
import { useTimeline } from '../useIncidents';
import { audiences, audienceTitle, byTime, happened } from './timeline';

const TEXT_CHARS_MAX = 10_000;

export function IncidentTimeline({ incident, writes }: { incident: MajorIncident; writes: boolean }) {
  const { items, error, more, loadingMore, reload } = useTimeline(incident.id);
  const entries = useMemo(() => byTime(items ?? []), [items]);
  return (
    <Stack sx={{ gap: 2 }}>
      {writes && <Write incident={incident} />}
      {items === undefined && (error === null ? <LoadingRows rows={3} /> : <Failed problem={error} retry={reload} />)}
      {items !== undefined && error !== null && <Failed problem={error} retry={reload} />}
      <Box component="ol" aria-label="Timeline" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {entries.map((entry) => (
          <One key={entry.number} entry={entry} incident={incident} />
        ))}
      </Box>
      {more !== undefined && (
        <Button size="small" sx={{ alignSelf: 'start' }} onClick={more} loading={loadingMore}>
          Show what was recorded earlier
        </Button>
      )}
    </Stack>
  );
}

function One({ entry, incident }: { entry: TimelineEntry; incident: MajorIncident }) {
  const [what, tone] = happened(entry, incident.roles);
  const late = Date.parse(entry.recorded_at) - Date.parse(entry.at) > 60_000;
  const color = tone === 'neutral' ? 'text.secondary' : `${tone}.main`;
  return (
    <Box
      component="li"
      sx={{
        position: 'relative',
        pl: 2.75,
        pb: 2,
        '&:last-of-type': { pb: 0 },
        '&::before': { content: '""', position: 'absolute', left: 0, top: 6, width: 10, height: 10, borderRadius: '50%', bgcolor: color },
        '&:not(:last-of-type)::after': { content: '""', position: 'absolute', left: 4.5, top: 20, bottom: -2, borderLeft: 1, borderColor: 'divider' },
      }}
    >
      <Stack direction="row" sx={{ gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        <Typography variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
          {what}
        </Typography>
        {entry.audience != null && <Chip variant="outlined" label={audienceTitle(entry.audience)} color={entry.audience === 'internal' ? 'default' : 'info'} />}
      </Stack>
      <Typography variant="caption" color="textSecondary" component="div">
        <ExactTime>{entry.at}</ExactTime>
        {late && (
          <>
            , recorded <ExactTime>{entry.recorded_at}</ExactTime>
          </>
        )}
      </Typography>
      {entry.text != null && entry.text !== '' && (
        <Box sx={{ mt: 0.5 }}>
          <Markdown>{entry.text}</Markdown>
        </Box>
      )}
    </Box>
  );
}

type What = 'update' | 'entry';

function Write({ incident }: { incident: MajorIncident }) {
  const { note, update } = useIncidentChanges(incident.id, undefined);
  const [what, setWhat] = useState<What>('update');
  const [audience, setAudience] = useState<UpdateAudience>('requesters');
  const [text, setText] = useState('');
  const [at, setAt] = useState('');
  const [title, setTitle] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const toast = useToast();
  const now = useNow();
  const isUpdate = what === 'update';
  // The first public update says what everybody reads it called.
  const names = isUpdate && audience === 'public' && incident.public_title == null;
  const send = async () => {
    setProblem(null);
    try {
      const when = fromLocalField(at);
      if (isUpdate) await update.mutateAsync({ text, audience, ...(names && { public_title: title }) });
      else await note.mutateAsync({ text, ...(when !== undefined && { at: when }) });
      setText('');
      setAt('');
      setTitle('');
      toast(isUpdate ? 'The update is sent.' : 'It is in the timeline.');
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  return (
    <Stack sx={{ gap: 1.5, p: 1.5, border: 1, borderRadius: 1, borderColor: 'divider' }}>
      <ToggleButtonGroup exclusive size="small" value={what} onChange={(_, next: What | null) => next !== null && setWhat(next)} aria-label="What to add">
        <ToggleButton value="update" sx={{ textTransform: 'none', gap: 0.75, py: 0.375 }}>
          <Megaphone size={14} aria-hidden />
          Status update
        </ToggleButton>
        <ToggleButton value="entry" sx={{ textTransform: 'none', gap: 0.75, py: 0.375 }}>
          <Clock3 size={14} aria-hidden />
          Timeline entry
        </ToggleButton>
      </ToggleButtonGroup>
      {isUpdate ? (
        <TextField select label="Who reads it" value={audience} onChange={(event) => setAudience(event.target.value as UpdateAudience)} helperText={audiences[audience].about}>
          {(Object.keys(audiences) as UpdateAudience[]).map((one) => (
            <MenuItem key={one} value={one}>
              {audiences[one].title}
            </MenuItem>
          ))}
        </TextField>
      ) : (
        <TextField type="datetime-local" label="When it happened" value={at} onChange={(event) => setAt(event.target.value)} helperText="Now, where it is empty. What is in the timeline stays as it is." slotProps={{ inputLabel: { shrink: true }, htmlInput: { max: toLocalField(now) } }} sx={{ maxWidth: 320 }} />
      )}
      {names && <TextField required label="Title for everybody" value={title} onChange={(event) => setTitle(event.target.value)} helperText="What the status page calls it: without names, places or causes that are nobody else’s business." slotProps={{ htmlInput: { maxLength: 200 } }} />}
      <TextField label={isUpdate ? 'How it stands' : 'What happened'} multiline minRows={2} maxRows={12} value={text} onChange={(event) => setText(event.target.value)} helperText={isUpdate ? 'What is known, what is done about it, and when you say more. Markdown works here.' : 'Markdown works here.'} slotProps={{ htmlInput: { maxLength: TEXT_CHARS_MAX } }} />
      <FormProblem problem={problem} />
      <Button variant="contained" sx={{ alignSelf: 'end' }} disabled={text.trim() === '' || (names && title.trim() === '')} loading={note.isPending || update.isPending} onClick={() => void send()}>
        {isUpdate ? 'Send the update' : 'Add to the timeline'}
      </Button>
    </Stack>
  );
}
