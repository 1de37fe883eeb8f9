/** A field that is answered with files. They are uploaded as they are chosen, and sent with the answers. */
import type { FileReference } from '@itechsmart/api';
import { FormControl, FormHelperText, FormLabel } from '@mui/material';
import { useEffect, useId, useRef } from 'react';
import { Attach, DropArea } from '../files/Attach';
import { boundsWords, FILES_MAX } from '../files/kinds';
import { useUploads } from '../files/useUploads';
import type { Of } from './FieldInput';

export function FilesInput({ asked, kind, answer, fault, context, path, place = path, onChange, onHold }: Of<'files'>) {
  const id = useId();
  const bounds = { filesMax: kind.files_max ?? FILES_MAX, bytesMax: kind.bytes_max, mediaTypes: kind.media_types };
  const known: FileReference[] = answer !== undefined && 'files' in answer ? answer.files.map((file) => ({ id: file.id, name: file.name ?? file.id, media_type: file.media_type ?? '', bytes: file.bytes ?? 0 })) : [];
  const uploads = useUploads(bounds, known, (files) => onChange(files.length === 0 ? undefined : { files: files.map(({ id: file, name, media_type, bytes }) => ({ id: file, name, media_type, bytes })) }));
  const hold = useRef(onHold);
  useEffect(() => {
    hold.current = onHold;
  });
  const { busy } = uploads;
  useEffect(() => {
    if (!busy) return undefined;
    hold.current?.(place, true);
    return () => hold.current?.(place, false);
  }, [busy, place]);
  const built = context.item === undefined;
  const field = (
    <FormControl component="fieldset" error={fault !== undefined} required={asked.required} sx={{ minWidth: 0, width: '100%' }}>
      <FormLabel component="legend" sx={{ typography: 'body2', mb: 0.75, overflowWrap: 'anywhere' }}>
        {asked.label}
      </FormLabel>
      {!built && <Attach uploads={uploads} label={bounds.filesMax === 1 ? 'Choose a file' : 'Choose files'} invalid={fault !== undefined} describedBy={`${id}-help`} />}
      <FormHelperText id={`${id}-help`}>{[fault ?? asked.help, boundsWords(bounds), built ? 'Files are chosen where it is asked.' : ''].filter(Boolean).join(' ')}</FormHelperText>
    </FormControl>
  );
  return built ? field : <DropArea uploads={uploads}>{field}</DropArea>;
}
