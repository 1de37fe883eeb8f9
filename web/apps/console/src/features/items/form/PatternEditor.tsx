/** What a text has to look like, and what whoever errs is told. */
import { MenuItem, TextField } from '@mui/material';
import { useState } from 'react';
import { presets } from '#shared/catalog/form/patterns';
import { ANYTHING, choiceOf, chosen, HINT_CHARS_MAX, OWN, SOURCE_CHARS_MAX, written, type Pattern } from './patterns';

interface PatternEditorProps {
  pattern: Pattern | null;
  onChange: (pattern: Pattern | null) => void;
  fault: string | undefined;
}

export function PatternEditor({ pattern, onChange, fault }: PatternEditorProps) {
  // While one is written it may be none, or one of ours by chance.
  const [own, setOwn] = useState<Pattern>();
  const choice = own === undefined ? choiceOf(pattern) : OWN;
  const hint = (pattern ?? own)?.hint ?? '';
  const choose = (next: string) => {
    const begun = chosen(next);
    setOwn(next === OWN ? (begun ?? undefined) : undefined);
    onChange(begun);
  };
  const write = (part: Partial<Pattern>) => {
    const next = { source: pattern?.source ?? '', hint, ...part };
    if (choice === OWN) setOwn(next);
    onChange(written(next));
  };
  return (
    <>
      <TextField select label="Has to be" value={choice} onChange={(event) => choose(event.target.value)} error={choice !== OWN && fault !== undefined} helperText={choice === OWN ? undefined : fault}>
        <MenuItem value={ANYTHING}>Anything</MenuItem>
        {presets.map(({ title }) => (
          <MenuItem key={title} value={title}>
            {title}
          </MenuItem>
        ))}
        <MenuItem value={OWN}>A pattern of your own…</MenuItem>
      </TextField>
      {choice === OWN && (
        <TextField
          label="Pattern"
          autoComplete="off"
          value={pattern?.source ?? ''}
          onChange={(event) => write({ source: event.target.value })}
          error={fault !== undefined}
          helperText={fault ?? 'A regular expression that all of an answer has to match. Without one anything is taken.'}
          slotProps={{ htmlInput: { maxLength: SOURCE_CHARS_MAX, spellCheck: false, autoCapitalize: 'none' }, formHelperText: { sx: { whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' } } }}
        />
      )}
      {choice !== ANYTHING && (
        <TextField
          label="Hint"
          autoComplete="off"
          value={hint}
          onChange={(event) => write({ hint: event.target.value })}
          error={hint.trim() === ''}
          helperText="All that whoever answers otherwise is told."
          slotProps={{ htmlInput: { maxLength: HINT_CHARS_MAX } }}
        />
      )}
    </>
  );
}
