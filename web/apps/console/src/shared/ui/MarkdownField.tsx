/** A long text in Markdown: written, and looked at as others will read it. */
import { Box, FormHelperText, Stack, TextField, ToggleButton, ToggleButtonGroup, Typography } from '@mui/material';
import { useId, useState } from 'react';
import { Markdown } from './Markdown';

interface MarkdownFieldProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  chars: number;
  required?: boolean;
  headings?: boolean;
  rows?: number;
  rowsMax?: number;
  help?: string | undefined;
  error?: string | undefined;
}

export function MarkdownField({ label, value, onChange, chars, required = false, headings = false, rows = 4, rowsMax = 24, help, error }: MarkdownFieldProps) {
  const [preview, setPreview] = useState(false);
  const id = useId();
  return (
    <Box>
      <Stack direction="row" sx={{ justifyContent: 'space-between', alignItems: 'flex-end', gap: 1, mb: 0.75 }}>
        <Typography component="label" htmlFor={id} variant="body2" sx={{ fontWeight: 600, minWidth: 0, overflowWrap: 'anywhere' }}>
          {label}
          {required && ' *'}
        </Typography>
        <ToggleButtonGroup exclusive size="small" value={preview ? 'preview' : 'write'} onChange={(_, next: string | null) => next !== null && setPreview(next === 'preview')} aria-label={`${label}: write or preview`}>
          <ToggleButton value="write" sx={{ textTransform: 'none', py: 0.125, px: 1 }}>
            Write
          </ToggleButton>
          <ToggleButton value="preview" sx={{ textTransform: 'none', py: 0.125, px: 1 }}>
            Preview
          </ToggleButton>
        </ToggleButtonGroup>
      </Stack>
      {preview ? (
        <Box role="region" aria-label={`Preview of ${label}`} sx={{ border: 1, borderColor: 'divider', borderRadius: 1, p: 1.5, minHeight: rows * 24 }}>
          {value.trim() === '' ? (
            <Typography variant="body2" color="textSecondary">
              There is nothing to see yet.
            </Typography>
          ) : (
            <Markdown headings={headings}>{value}</Markdown>
          )}
        </Box>
      ) : (
        <TextField id={id} fullWidth multiline minRows={rows} maxRows={rowsMax} value={value} error={error !== undefined} onChange={(event) => onChange(event.target.value)} slotProps={{ htmlInput: { maxLength: chars } }} />
      )}
      {(error ?? help) !== undefined && <FormHelperText error={error !== undefined}>{error ?? help}</FormHelperText>}
    </Box>
  );
}
