/** Options as lines of CSV, in place of those that are there or after them. */
import { Alert, FormControlLabel, Radio, RadioGroup, TextField, Typography } from '@mui/material';
import { useMemo, useState } from 'react';
import { count } from '#shared/format/text';
import { FormDialog } from '#shared/ui/dialogs';
import { readCsv } from './csv';
import { OPTIONS_MAX, type OptionDraft } from './options';

const TEXT_CHARS_MAX = 1_000_000;
const FAULTS_SHOWN_MAX = 5;

interface PasteDialogProps {
  options: readonly OptionDraft[];
  onTake: (options: OptionDraft[]) => void;
  onClose: () => void;
}

export function PasteDialog({ options, onTake, onClose }: PasteDialogProps) {
  const [text, setText] = useState('');
  const [replaces, setReplaces] = useState(false);
  const read = useMemo(() => readCsv(text), [text]);
  const all = replaces ? read.options : [...options, ...read.options];
  const tooMany = all.length > OPTIONS_MAX;
  const take = () => {
    onTake(all);
    onClose();
  };
  const shown = read.faults.slice(0, FAULTS_SHOWN_MAX);
  return (
    <FormDialog open wide title="Paste options" submit={read.options.length === 0 ? 'Take them' : `Take ${count(read.options.length, 'option')}`} busy={false} problem={null} disabled={read.options.length === 0 || tooMany || read.faults.length > 0} onClose={onClose} onSubmit={take}>
      <Typography variant="body2">
        A line for each: its value, its label, and what it goes with. The last two may be left out. Copied from a spreadsheet, it works as well.
      </Typography>
      <TextField
        autoFocus
        multiline
        minRows={6}
        maxRows={14}
        label="Lines"
        placeholder={'berlin,Berlin\nb1,Room 1,berlin'}
        value={text}
        onChange={(event) => setText(event.target.value)}
        slotProps={{ htmlInput: { maxLength: TEXT_CHARS_MAX, spellCheck: false }, inputLabel: { shrink: true }, input: { sx: { typography: 'code' } } }}
      />
      {options.length > 0 && (
        <RadioGroup aria-label="What is there already" value={replaces ? 'replace' : 'add'} onChange={(_, next) => setReplaces(next === 'replace')}>
          <FormControlLabel value="add" control={<Radio size="small" />} label="After the options that are there" slotProps={{ typography: { variant: 'body2' } }} />
          <FormControlLabel value="replace" control={<Radio size="small" />} label={`In place of the ${count(options.length, 'option')} that ${options.length === 1 ? 'is' : 'are'} there`} slotProps={{ typography: { variant: 'body2' } }} />
        </RadioGroup>
      )}
      {shown.length > 0 && (
        <Alert severity="error">
          {shown.map((fault) => (
            <Typography key={fault} variant="body2">
              {fault}
            </Typography>
          ))}
          {read.faults.length > shown.length && <Typography variant="body2">And {count(read.faults.length - shown.length, 'more line')}.</Typography>}
        </Alert>
      )}
      {tooMany && (
        <Alert severity="error">
          These are {all.length.toLocaleString('en')}, and a list has {OPTIONS_MAX.toLocaleString('en')} at most.
        </Alert>
      )}
    </FormDialog>
  );
}
