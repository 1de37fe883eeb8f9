/** How many files a field takes, how large, and of which types. */
import type { FieldKind } from '@itechsmart/api';
import { Autocomplete, Box, TextField } from '@mui/material';
import { useState } from 'react';
import { FILES_MAX, typeWord } from '#shared/catalog/files/kinds';
import { NumberField } from '#shared/forms/NumberField';
import { FILE_BYTES_MAX, mediaTypes } from './fields';

const MIB = 1_048_576;
const MIB_MAX = 1_024;
const usual = ['application/pdf', 'image/*', 'text/plain', 'text/csv', 'application/zip', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'];

export function FilesKind({ kind, onChange }: { kind: Extract<FieldKind, { type: 'files' }>; onChange: (kind: FieldKind) => void }) {
  const [fault, setFault] = useState<string>();
  const take = (types: readonly string[]) => {
    const found = mediaTypes(types.join(' '));
    setFault(found === undefined ? 'A type is such as application/pdf or image/*.' : undefined);
    if (found !== undefined) onChange({ ...kind, media_types: found });
  };
  return (
    <>
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
        <NumberField label="Files at most" value={kind.files_max ?? 1} min={1} max={FILES_MAX} onChange={(files_max) => onChange({ ...kind, files_max })} />
        <NumberField label="MiB each at most" value={Math.max(1, Math.round((kind.bytes_max ?? FILE_BYTES_MAX) / MIB))} min={1} max={MIB_MAX} onChange={(mib) => onChange({ ...kind, bytes_max: mib * MIB })} />
      </Box>
      <Autocomplete
        multiple
        freeSolo
        size="small"
        options={usual}
        value={kind.media_types ?? []}
        onChange={(_, types) => take(types)}
        getOptionLabel={(type) => (typeWord(type) === 'File' ? type : `${typeWord(type)} (${type})`)}
        renderInput={(props) => <TextField {...props} label="Types that are taken" placeholder={kind.media_types?.length ? '' : 'Any'} error={fault !== undefined} helperText={fault ?? 'What a file is, its content says, not its name.'} />}
      />
    </>
  );
}
