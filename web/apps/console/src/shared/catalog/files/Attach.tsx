/** Chooses files, or takes those that are dropped or pasted, and shows them on their way. */
import { Box, Button, IconButton, LinearProgress, Stack, Typography, useMediaQuery } from '@mui/material';
import { FileText, Paperclip, TriangleAlert, X } from 'lucide-react';
import { useRef, useState, type ClipboardEvent, type DragEvent, type ReactNode } from 'react';
import { bytesWords } from '#shared/format/bytes';
import { pastedName, typeWord } from './kinds';
import type { Upload, Uploads } from './useUploads';

interface DropAreaProps {
  uploads: Uploads;
  disabled?: boolean;
  children: ReactNode;
}

/** Around what is written: what is dropped or pasted there is attached. */
export function DropArea({ uploads, disabled = false, children }: DropAreaProps) {
  const [over, setOver] = useState(false);
  if (disabled) return children;
  const carries = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files');
  const paste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    // A cell of a spreadsheet is copied as a picture, too: whoever copied text pastes text.
    if (files.length === 0 || event.clipboardData.types.includes('text/plain')) return;
    event.preventDefault();
    uploads.add(files.map((file) => new File([file], pastedName(file.name, file.type, new Date()), { type: file.type })));
  };
  return (
    <Box
      onPaste={paste}
      onDragOver={(event) => {
        if (!carries(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget))) setOver(false);
      }}
      onDrop={(event) => {
        if (!carries(event)) return;
        event.preventDefault();
        setOver(false);
        uploads.add([...event.dataTransfer.files]);
      }}
      sx={{ borderRadius: 1, ...(over && { outline: '2px dashed', outlineColor: 'primary.main', outlineOffset: 3, bgcolor: 'action.selected' }) }}
    >
      {children}
    </Box>
  );
}

interface AttachProps {
  uploads: Uploads;
  label?: string;
  /** For a field of a form: what it is at fault for is said of the button. */
  invalid?: boolean;
  describedBy?: string | undefined;
}

export function Attach({ uploads, label = 'Attach files', invalid = false, describedBy }: AttachProps) {
  const { bounds, add, remove, refused } = uploads;
  const input = useRef<HTMLInputElement>(null);
  const touch = useMediaQuery('(pointer: coarse)');
  const full = uploads.uploads.filter(({ fault }) => fault === undefined).length >= bounds.filesMax;
  return (
    <Stack sx={{ gap: 1, minWidth: 0 }}>
      <Stack direction="row" sx={{ gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={label}
          multiple={bounds.filesMax > 1}
          accept={(bounds.mediaTypes ?? []).join(',') || undefined}
          onChange={(event) => {
            add([...(event.target.files ?? [])]);
            // The same file may be chosen again.
            event.target.value = '';
          }}
        />
        <Button
          size="small"
          variant="outlined"
          color={invalid ? 'error' : 'inherit'}
          aria-invalid={invalid}
          aria-describedby={describedBy}
          disabled={full}
          startIcon={<Paperclip size={15} aria-hidden />}
          onClick={() => input.current?.click()}
        >
          {label}
        </Button>
        {!touch && !full && (
          <Typography variant="caption" color="textSecondary">
            or drop them here, or paste a picture
          </Typography>
        )}
      </Stack>
      {refused !== undefined && (
        <Typography role="alert" variant="body2" sx={{ color: 'error.main' }}>
          {refused}
        </Typography>
      )}
      {uploads.uploads.length > 0 && (
        <Box component="ul" aria-label="Files to attach" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 0.75 }}>
          {uploads.uploads.map((upload) => (
            <One key={upload.key} upload={upload} onRemove={() => remove(upload.key)} />
          ))}
        </Box>
      )}
    </Stack>
  );
}

function One({ upload: { name, bytes, share, file, fault }, onRemove }: { upload: Upload; onRemove: () => void }) {
  const Icon = fault === undefined ? FileText : TriangleAlert;
  const there = file !== undefined;
  return (
    <Box component="li" sx={{ display: 'flex', gap: 1, alignItems: 'center', minWidth: 0, border: 1, borderColor: fault === undefined ? 'divider' : 'error.main', borderRadius: 1, pl: 1.25, pr: 0.5, py: 0.5 }}>
      <Box component="span" sx={{ lineHeight: 0, flexShrink: 0, color: fault === undefined ? 'text.secondary' : 'error.main' }}>
        <Icon size={16} aria-hidden />
      </Box>
      <Box sx={{ minWidth: 0, flex: 1 }}>
        <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
          {name}
        </Typography>
        {fault !== undefined ? (
          <Typography role="alert" variant="caption" component="p" sx={{ color: 'error.main' }}>
            {fault}
          </Typography>
        ) : (
          <Typography variant="caption" component="p" color="textSecondary">
            {bytesWords(bytes)}
            {there ? ` · ${typeWord(file.media_type)}` : ` · ${share < 1 ? `${Math.round(share * 100)}% sent` : 'being checked'}`}
          </Typography>
        )}
        {!there && fault === undefined && <LinearProgress variant={share < 1 ? 'determinate' : 'indeterminate'} value={share * 100} aria-label={`Upload of ${name}`} sx={{ mt: 0.25, borderRadius: 1 }} />}
      </Box>
      <IconButton size="small" aria-label={there || fault !== undefined ? `Take ${name} away` : `Stop ${name}`} onClick={onRemove}>
        <X size={16} aria-hidden />
      </IconButton>
    </Box>
  );
}
