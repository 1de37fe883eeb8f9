/** The options of a list: written one by one, or brought from a spreadsheet and back. */
import { Box, Button, IconButton, Stack, TextField, Tooltip, Typography } from '@mui/material';
import { ClipboardPaste, ListPlus, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { count } from '#shared/format/text';
import { CopyButton } from '#shared/ui/CopyButton';
import { moved } from '#shared/ui/moved';
import { MoveButtons } from '#shared/ui/MoveButtons';
import { Section } from '#shared/ui/Page';
import { SearchField } from '#shared/ui/SearchField';
import { Empty } from '#shared/ui/states';
import { writeCsv } from './csv';
import { noOption, OPTION_CHARS_MAX, OPTIONS_MAX, type OptionDraft } from './options';
import { PasteDialog } from './PasteDialog';

/** Fields of so many options are shown at once: a list may have a thousand. */
const SHOWN_MAX = 25;

const columns = { gap: { xs: 1.25, md: 1 }, gridTemplateColumns: { xs: '1fr', md: '2fr 1.5fr 1.5fr' } } as const;
/** Where there are columns, their titles stand above them, and not in each field. */
const titled = {
  '& label, & legend': { display: { md: 'none' } },
  '& fieldset': { top: { md: 0 } },
} as const;

interface OptionsEditorProps {
  options: readonly OptionDraft[];
  faults: readonly (string | undefined)[];
  onChange: (options: OptionDraft[]) => void;
}

export function OptionsEditor({ options, faults, onChange }: OptionsEditorProps) {
  const [text, setText] = useState('');
  const [shown, setShown] = useState(SHOWN_MAX);
  const [pasting, setPasting] = useState(false);
  const wanted = text.trim().toLowerCase();
  // What is wrong is found, whatever else is looked for.
  const found = options
    .map((option, at) => ({ option, at }))
    .filter(({ option, at }) => faults[at] !== undefined || wanted === '' || `${option.label}\n${option.value}\n${option.of}`.toLowerCase().includes(wanted));
  const change = (at: number, part: Partial<OptionDraft>) => onChange(options.map((option, index) => (index === at ? { ...option, ...part } : option)));
  const add = () => {
    setText('');
    setShown(Math.max(SHOWN_MAX, options.length + 1));
    onChange([...options, noOption]);
  };
  const buttons = (
    <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
      <Button variant="outlined" startIcon={<Plus size={15} aria-hidden />} disabled={options.length >= OPTIONS_MAX} onClick={add}>
        Add an option
      </Button>
      <Button variant="outlined" startIcon={<ClipboardPaste size={15} aria-hidden />} onClick={() => setPasting(true)}>
        Paste CSV…
      </Button>
    </Stack>
  );
  return (
    <Section
      title="Options"
      about={options.length === 0 ? undefined : `${count(options.length, 'option')}, of ${OPTIONS_MAX.toLocaleString('en')} at most.`}
      actions={
        options.length > 0 && (
          <Stack direction="row" sx={{ gap: 1, alignItems: 'center', flexWrap: 'wrap' }}>
            <SearchField label="Search options" value={text} onChange={setText} width={220} />
            {buttons}
            <CopyButton text={writeCsv(options)} label="Copy all as CSV" />
          </Stack>
        )
      }
    >
      {options.length === 0 && (
        <Empty icon={ListPlus} title="Nothing is on it yet" action={buttons}>
          Write options one by one, or paste columns of a spreadsheet.
        </Empty>
      )}
      {found.length > 0 && (
        <Box aria-hidden sx={{ display: { xs: 'none', md: 'grid' }, ...columns, pr: '96px', pb: 0.5, typography: 'caption', color: 'text.secondary' }}>
          <span>Label</span>
          <span>Value, the label if there is none</span>
          <span>Goes with the answer</span>
        </Box>
      )}
      <Box component="ul" aria-label="Options" sx={{ listStyle: 'none', m: 0, p: 0, pt: { xs: 1, md: 0 }, display: 'grid', gap: { xs: 2.5, md: 1 } }}>
        {found.slice(0, shown).map(({ option, at }) => (
          <OptionRow
            key={at}
            option={option}
            number={at + 1}
            fault={faults[at]}
            onChange={(part) => change(at, part)}
            move={wanted === '' && <MoveButtons name={`option ${at + 1}`} at={at} count={options.length} onMove={(to) => onChange(moved([...options], at, to))} />}
            onRemove={() => onChange(options.filter((_, index) => index !== at))}
          />
        ))}
      </Box>
      {options.length > 0 && found.length === 0 && <Empty icon={ListPlus} title="No option has these words" action={<Button onClick={() => setText('')}>Clear the search</Button>} />}
      {found.length > shown && (
        <Stack sx={{ pt: 2, alignItems: 'center', gap: 0.5 }}>
          <Typography variant="body2" color="textSecondary">
            {count(found.length - shown, 'more option')}
          </Typography>
          <Button onClick={() => setShown(shown + SHOWN_MAX)}>Show more</Button>
        </Stack>
      )}
      {pasting && <PasteDialog options={options} onTake={onChange} onClose={() => setPasting(false)} />}
    </Section>
  );
}

interface OptionRowProps {
  option: OptionDraft;
  number: number;
  fault: string | undefined;
  onChange: (part: Partial<OptionDraft>) => void;
  move: React.ReactNode;
  onRemove: () => void;
}

function OptionRow({ option, number, fault, onChange, move, onRemove }: OptionRowProps) {
  const field = (name: keyof OptionDraft, label: string, more: { placeholder?: string; error?: string | undefined } = {}) => (
    <TextField
      size="small"
      fullWidth
      label={label}
      autoComplete="off"
      value={option[name]}
      placeholder={more.placeholder ?? ''}
      error={more.error !== undefined}
      helperText={more.error}
      onChange={(event) => onChange({ [name]: event.target.value })}
      slotProps={{ htmlInput: { maxLength: OPTION_CHARS_MAX, 'aria-label': `${label} of option ${number}` } }}
    />
  );
  return (
    <Box component="li" sx={{ display: 'flex', gap: 1, flexDirection: { xs: 'column', md: 'row' }, alignItems: { md: 'flex-start' } }}>
      <Box sx={{ flex: 1, minWidth: 0, display: 'grid', ...columns, ...titled }}>
        {field('label', 'Label', { error: fault })}
        {field('value', 'Value', { placeholder: option.label })}
        {field('of', 'Goes with')}
      </Box>
      <Stack direction="row" sx={{ alignItems: 'center', justifyContent: 'flex-end', flexShrink: 0, pt: { md: 0.5 } }}>
        {move === false ? <Box sx={{ width: 60 }} /> : move}
        <Tooltip title="Remove it">
          <IconButton size="small" aria-label={`Remove option ${number}`} onClick={onRemove}>
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </Tooltip>
      </Stack>
    </Box>
  );
}
