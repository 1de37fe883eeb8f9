/** What is said about a request: to all who see it, or among those who work on it. */
import { toProblem, type CatalogRequest, type Note, type Problem } from '@itechsmart/api';
import { Box, Button, Checkbox, FormControlLabel, Stack, TextField, Typography } from '@mui/material';
import { Lock } from 'lucide-react';
import { useState } from 'react';
import { useCatalogPages } from '#shared/api/useCatalog';
import { GONE_PERSON } from '#shared/catalog/words';
import { Attach, DropArea } from '#shared/catalog/files/Attach';
import { FileList } from '#shared/catalog/files/FileList';
import { FILES_MAX } from '#shared/catalog/files/kinds';
import { useUploads } from '#shared/catalog/files/useUploads';
import { useCan } from '#shared/session/useMe';
import { Failed, FormProblem } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useRequestChanges } from './useRequestChanges';

const NOTE_CHARS_MAX = 20_000;
/** Others write meanwhile, and no stream tells of it. */
const REFRESH_MS = 10_000;

export function Notes({ request }: { request: CatalogRequest }) {
  const notes = useCatalogPages<Note>(['catalog.notes', request.id], `/requests/${request.id}/notes`, {}, { refetchInterval: REFRESH_MS });
  const writes = useCan()('catalog.requests.write');
  const { items, error, more, reload } = notes;
  if (error !== null && items === undefined) return <Failed problem={error} retry={reload} />;
  return (
    <Stack sx={{ gap: 2 }}>
      {items?.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          Nothing has been said yet.
        </Typography>
      )}
      {items !== undefined && items.length > 0 && (
        <Box component="ul" aria-label="Notes" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1.5 }}>
          {items.map((note) => (
            <Said key={note.id} note={note} />
          ))}
        </Box>
      )}
      {more !== undefined && (
        <Button size="small" sx={{ alignSelf: 'start' }} onClick={more}>
          Show more
        </Button>
      )}
      {writes && <Write request={request} />}
    </Stack>
  );
}

function Said({ note }: { note: Note }) {
  return (
    <Box component="li" sx={{ minWidth: 0, ...(note.is_internal && { bgcolor: 'action.hover', borderRadius: 1, p: 1 }) }}>
      <Typography variant="caption" color="textSecondary" component="p" sx={{ display: 'flex', gap: 0.5, alignItems: 'center', flexWrap: 'wrap' }}>
        {note.is_internal && <Lock size={12} aria-hidden />}
        {note.author.name ?? GONE_PERSON} · <Time>{note.created_at}</Time>
        {note.is_internal && ' · internal'}
      </Typography>
      <Typography variant="body2" sx={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>
        {note.text}
      </Typography>
      {note.files.length > 0 && (
        <Box sx={{ mt: 0.75, maxWidth: 480 }}>
          <FileList label="Files of the note" files={note.files} />
        </Box>
      )}
    </Box>
  );
}

function Write({ request }: { request: CatalogRequest }) {
  const { note } = useRequestChanges(request.id, undefined);
  const [text, setText] = useState('');
  const [internal, setInternal] = useState(false);
  const uploads = useUploads({ filesMax: FILES_MAX });
  const brings = useCan()('catalog.files.write');
  const [problem, setProblem] = useState<Problem | null>(null);
  const send = async () => {
    setProblem(null);
    try {
      await note.mutateAsync({ text, is_internal: internal, file_ids: uploads.files.map(({ id }) => id) });
      setText('');
      uploads.clear();
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  return (
    <DropArea uploads={uploads} disabled={!brings}>
      <Stack sx={{ gap: 1 }}>
        <TextField
          label="Note"
          multiline
          minRows={2}
          maxRows={12}
          value={text}
          onChange={(event) => setText(event.target.value)}
          slotProps={{ htmlInput: { maxLength: NOTE_CHARS_MAX } }}
        />
        {brings && <Attach uploads={uploads} />}
        <FormProblem problem={problem} />
        <Stack direction="row" sx={{ gap: 1, justifyContent: 'space-between', alignItems: 'center', flexWrap: 'wrap' }}>
          {request.reads_internal ? (
            <FormControlLabel
              control={<Checkbox size="small" checked={internal} onChange={(event) => setInternal(event.target.checked)} />}
              label="Internal: not for whoever asked"
            />
          ) : (
            <span />
          )}
          <Button variant="outlined" disabled={text.trim() === '' || note.isPending || uploads.busy} onClick={() => void send()}>
            Add note
          </Button>
        </Stack>
      </Stack>
    </DropArea>
  );
}
