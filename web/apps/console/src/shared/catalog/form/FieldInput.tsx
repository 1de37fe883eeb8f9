/** One field, or one cell of a table, by its kind. */
import type { Answer, Answers, Field, FieldKind, NamedUser } from '@itechsmart/api';
import { Checkbox, FormControl, FormControlLabel, FormGroup, FormHelperText, FormLabel, MenuItem, Radio, RadioGroup, TextField } from '@mui/material';
import { useId, type ReactNode } from 'react';
import { Choices } from '#shared/ui/Choices';
import { PersonPicker } from '#shared/ui/PersonPicker';
import { GONE_GROUP, GONE_PERSON, type Names } from '../words';
import { boundOf, optionsOf, type Context } from './answers';
import { FilesInput } from './FilesInput';
import { QueriedChoice } from './QueriedChoice';

/** So many options stand open, side by side or one below the other; more are a list to choose from. */
const OPEN_OPTIONS_MAX = 6;
const LONG_ROWS = 3;

export interface Question {
  label: string;
  help: string;
  required: boolean;
}

export interface FieldInputProps {
  asked: Pick<Field, 'label'> & Question;
  kind: FieldKind;
  answer: Answer | undefined;
  fault: string | undefined;
  context: Context;
  names: Names;
  onMeet: (person: NamedUser) => void;
  onChange: (answer: Answer | undefined) => void;
  /** The field's key, or `field.column`. */
  path: string;
  /** Where an answer on its way is; otherwise the path. */
  place?: string;
  answers: Answers;
  onHold?: (place: string, busy: boolean) => void;
  /** In a table: as small as can be. */
  compact?: boolean;
}

export function FieldInput(props: FieldInputProps) {
  const { asked, kind, answer, fault, context, onChange } = props;
  const text = {
    label: asked.label,
    required: asked.required,
    error: fault !== undefined,
    helperText: fault ?? (asked.help || undefined),
    autoComplete: 'off',
  };
  switch (kind.type) {
    case 'text':
      return (
        <TextField
          {...text}
          multiline={kind.is_long === true}
          {...(kind.is_long === true && { minRows: LONG_ROWS, maxRows: 12 })}
          value={answer !== undefined && 'text' in answer ? answer.text : ''}
          onChange={(event) => onChange({ text: event.target.value })}
        />
      );
    case 'number':
      return (
        <TextField
          {...text}
          value={answer !== undefined && 'number' in answer ? answer.number : ''}
          onChange={(event) => onChange({ number: event.target.value })}
          slotProps={{ htmlInput: { inputMode: 'decimal' } }}
          sx={props.compact === true ? {} : { maxWidth: 240 }}
        />
      );
    case 'date':
      return (
        <TextField
          {...text}
          type="date"
          value={answer !== undefined && 'date' in answer ? answer.date : ''}
          onChange={(event) => onChange({ date: event.target.value })}
          slotProps={{
            inputLabel: { shrink: true },
            htmlInput: { min: boundOf(kind.earliest, context.today), max: boundOf(kind.latest, context.today) ?? '9999-12-31' },
          }}
          sx={props.compact === true ? {} : { maxWidth: 240 }}
        />
      );
    case 'choice':
      return kind.query == null ? <Choice {...props} kind={kind} /> : <QueriedChoice {...props} kind={kind} of={optionsOf(kind, props.answers)} />;
    case 'choices':
      return kind.query == null ? <Several {...props} kind={kind} /> : <QueriedChoice {...props} kind={kind} of={optionsOf(kind, props.answers)} />;
    case 'files':
      return <FilesInput {...props} kind={kind} />;
    case 'user':
      return <Person {...props} kind={kind} />;
    case 'table':
      return null;
  }
}

export type Of<Type extends FieldKind['type']> = FieldInputProps & { kind: Extract<FieldKind, { type: Type }> };

function Choice({ asked, kind, answer, fault, onChange, compact = false }: Of<'choice'>) {
  const chosen = answer !== undefined && 'choice' in answer ? answer.choice : '';
  // Once chosen, one of open options stays chosen: where none is an answer, too, there has to be a way back.
  if (compact || !asked.required || kind.options.length > OPEN_OPTIONS_MAX) {
    return (
      <TextField
        select
        label={asked.label}
        required={asked.required}
        error={fault !== undefined}
        helperText={fault ?? (asked.help || undefined)}
        value={chosen}
        onChange={(event) => onChange({ choice: event.target.value })}
        sx={compact ? {} : { maxWidth: 420 }}
      >
        {!asked.required && (
          <MenuItem value="">
            <em>None</em>
          </MenuItem>
        )}
        {kind.options.map(({ value, label }) => (
          <MenuItem key={value} value={value} sx={{ whiteSpace: 'normal' }}>
            {label}
          </MenuItem>
        ))}
      </TextField>
    );
  }
  return (
    <Open asked={asked} fault={fault}>
      {(label, help) => (
        <RadioGroup
          aria-labelledby={label}
          aria-describedby={help}
          aria-invalid={fault !== undefined}
          tabIndex={-1}
          value={chosen}
          onChange={(event) => onChange({ choice: event.target.value })}
        >
          {kind.options.map(({ value, label: text }) => (
            <FormControlLabel key={value} value={value} label={text} control={<Radio size="small" sx={{ py: 0.5 }} />} slotProps={optionText} />
          ))}
        </RadioGroup>
      )}
    </Open>
  );
}

const optionText = { typography: { variant: 'body2' } } as const;

function Several({ asked, kind, answer, fault, onChange, compact = false }: Of<'choices'>) {
  const chosen = answer !== undefined && 'choices' in answer ? answer.choices : [];
  const set = (values: string[]) => onChange({ choices: kind.options.map(({ value }) => value).filter((value) => values.includes(value)) });
  if (compact || kind.options.length > OPEN_OPTIONS_MAX) {
    return (
      <Choices
        label={asked.required ? `${asked.label} *` : asked.label}
        options={kind.options.map(({ value, label }) => ({ id: value, name: label }))}
        chosen={chosen}
        onChange={set}
        help={asked.help || undefined}
        error={fault}
      />
    );
  }
  return (
    <Open asked={asked} fault={fault}>
      {(label, help) => (
        <FormGroup role="group" aria-labelledby={label} aria-describedby={help}>
          {kind.options.map(({ value, label: text }) => (
            <FormControlLabel
              key={value}
              label={text}
              slotProps={optionText}
              control={
                <Checkbox
                  size="small"
                  sx={{ py: 0.5 }}
                  checked={chosen.includes(value)}
                  slotProps={{ input: { 'aria-invalid': fault !== undefined } }}
                  onChange={(_, on) => set(on ? [...chosen, value] : chosen.filter((one) => one !== value))}
                />
              }
            />
          ))}
        </FormGroup>
      )}
    </Open>
  );
}

interface OpenProps {
  asked: Question;
  fault: string | undefined;
  children: (label: string, help: string) => ReactNode;
}

/** Options that stand open below their question. */
function Open({ asked, fault, children }: OpenProps) {
  const id = useId();
  const help = `${id}-help`;
  return (
    <FormControl error={fault !== undefined} required={asked.required}>
      <FormLabel id={id} sx={{ typography: 'body2', mb: 0.25, overflowWrap: 'anywhere' }}>
        {asked.label}
      </FormLabel>
      {children(id, help)}
      <FormHelperText id={help}>{fault ?? asked.help}</FormHelperText>
    </FormControl>
  );
}

function Person({ asked, kind, answer, fault, names, onMeet, onChange }: Of<'user'>) {
  const id = answer !== undefined && 'user' in answer ? answer.user : '';
  const group = kind.group_id == null ? undefined : (names.groups.get(kind.group_id) ?? GONE_GROUP);
  const help = [asked.help, group === undefined ? '' : `Somebody of the group ${group}.`].filter(Boolean).join(' ');
  return (
    <PersonPicker
      label={asked.label}
      required={asked.required}
      person={id === '' ? null : { id, name: names.people.get(id) ?? GONE_PERSON }}
      onChange={(person) => {
        if (person !== null) onMeet(person);
        onChange({ user: person?.id ?? '' });
      }}
      help={help || undefined}
      error={fault}
    />
  );
}
