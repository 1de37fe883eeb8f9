/** A condition: tests in a row, of which all have to hold, or one. */
import type { Condition, Field } from '@itechsmart/api';
import { Box, Button, IconButton, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { Plus, X } from 'lucide-react';
import { useCurrency } from '#shared/api/useCurrency';
import { useGroups } from '#shared/api/useGroups';
import { capital, conditionWords, type Names } from '#shared/catalog/words';
import { at as changedAt, without } from '../content';
import { groupOptions } from '../groupOptions';
import { compose, operators, operatorsOf, parse, reading, subjectOf, type Draft, type Operator, type Subject } from './draft';

const TESTS_MAX = 40;

interface ConditionEditorProps {
  title: string;
  /** What holds without a condition. */
  always: string;
  of: 'field' | 'stage';
  condition: Condition | undefined;
  /** Those that can be asked for. */
  fields: readonly Field[];
  names: Names;
  onChange: (condition: Condition | undefined) => void;
}

export function ConditionEditor({ title, always, of, condition, fields, names, onChange }: ConditionEditorProps) {
  const groups = groupOptions(useGroups().data, names, []);
  const currency = useCurrency();
  const testable = fields.filter((field) => operatorsOf(field, of).length > 0);
  const subjects: Subject[] = [...(of === 'stage' ? (['price', 'group'] as const) : []), ...testable.map(({ key }) => ({ field: key }))];
  const draft: Draft | undefined = condition === undefined ? { join: 'all', tests: [] } : parse(condition);
  const firstOption = (way: Operator, subject: Subject) => firstValue(way, subject, fields, groups[0]?.id);
  const fresh = (subject: Subject): Condition | undefined => {
    const way = operators(subject, fields, of)[0];
    return way?.make(firstOption(way, subject));
  };
  const set = (next: Draft) => onChange(compose(next));
  const add = () => {
    const test = subjects[0] && fresh(subjects[0]);
    if (draft !== undefined && test !== undefined) set({ ...draft, tests: [...draft.tests, test] });
  };
  const readable = draft?.tests.every((test) => {
    const subject = subjectOf(test);
    return subject !== undefined && reading(test, operators(subject, fields, of)) !== undefined;
  });
  return (
    <Box role="group" aria-label={title}>
      <Typography variant="body2" color="textSecondary" sx={{ mb: draft?.tests.length === 0 ? 0 : 1.25 }}>
        {draft?.tests.length === 0 ? always : title}
      </Typography>
      {draft === undefined || readable !== true ? (
        <Typography variant="body2" sx={{ mb: 0.5, overflowWrap: 'anywhere' }}>
          {condition && capital(conditionWords(condition, fields, { ...names, currency }))}.
        </Typography>
      ) : (
        <Stack sx={{ gap: 1 }}>
          {draft.tests.map((test, at) => (
            <Test
              key={at}
              number={at + 1}
              test={test}
              of={of}
              subjects={subjects}
              fields={fields}
              groups={groups}
              fresh={fresh}
              firstValue={firstOption}
              onChange={(next) => set({ ...draft, tests: changedAt(draft.tests, at, () => next) })}
              onRemove={() => set({ ...draft, tests: without(draft.tests, at) })}
            />
          ))}
          {draft.tests.length > 1 && (
            <TextField select label="Of these" value={draft.join} onChange={(event) => set({ ...draft, join: event.target.value as Draft['join'] })} sx={{ maxWidth: 220 }}>
              <MenuItem value="all">All have to hold</MenuItem>
              <MenuItem value="any">One has to hold</MenuItem>
            </TextField>
          )}
        </Stack>
      )}
      {readable === true ? (
        <Button startIcon={<Plus size={15} aria-hidden />} sx={{ mt: 0.5 }} disabled={subjects.length === 0 || (draft?.tests.length ?? 0) >= TESTS_MAX} onClick={add}>
          Add a condition
        </Button>
      ) : (
        <Button onClick={() => onChange(undefined)}>Remove this condition</Button>
      )}
      {subjects.length === 0 && (
        <Typography variant="caption" color="textSecondary" component="p">
          A condition needs another field to ask for.
        </Typography>
      )}
    </Box>
  );
}

interface TestProps {
  number: number;
  test: Condition;
  of: 'field' | 'stage';
  subjects: readonly Subject[];
  fields: readonly Field[];
  groups: readonly { id: string; name: string }[];
  fresh: (subject: Subject) => Condition | undefined;
  firstValue: (way: Operator, subject: Subject) => string;
  onChange: (test: Condition) => void;
  onRemove: () => void;
}

const idOf = (subject: Subject): string => (typeof subject === 'string' ? subject : `field ${subject.field}`);

function Test({ number, test, of, subjects, fields, groups, fresh, firstValue: first, onChange, onRemove }: TestProps) {
  const currency = useCurrency();
  const subject = subjectOf(test);
  if (subject === undefined) return null;
  const ways = operators(subject, fields, of);
  const read = reading(test, ways);
  if (read === undefined) return null;
  const { operator, value } = read;
  const label = (each: Subject) => {
    if (each === 'price') return currency === undefined ? 'The price' : `The price in ${currency}`;
    if (each === 'group') return 'Whoever asks';
    return fields.find(({ key }) => key === each.field)?.label.trim() || 'Untitled field';
  };
  return (
    <Stack direction="row" role="group" aria-label={`Condition ${number}`} sx={{ gap: 0.5, alignItems: 'flex-start' }}>
      <Box sx={{ flex: 1, minWidth: 0, display: 'grid', gap: 1, gridTemplateColumns: { xs: '1fr', sm: operator.input === 'none' ? '1.3fr 1fr' : '1.3fr 1fr 1.3fr' } }}>
        <TextField
          select
          label="If"
          value={idOf(subject)}
          onChange={(event) => {
            const next = subjects.find((each) => idOf(each) === event.target.value);
            const made = next && fresh(next);
            if (made !== undefined) onChange(made);
          }}
        >
          {subjects.map((each) => (
            <MenuItem key={idOf(each)} value={idOf(each)}>
              {label(each)}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          select
          value={operator.id}
          slotProps={{ htmlInput: { 'aria-label': 'How' } }}
          onChange={(event) => {
            const next = ways.find(({ id }) => id === event.target.value);
            if (next !== undefined) onChange(next.make(next.input === operator.input ? value : first(next, subject)));
          }}
        >
          {ways.map(({ id, words }) => (
            <MenuItem key={id} value={id}>
              {words}
            </MenuItem>
          ))}
        </TextField>
        {operator.input !== 'none' && (
          <Value operator={operator} value={value} options={optionsOf(operator, subject, fields, groups)} onChange={(next) => onChange(operator.make(next))} />
        )}
      </Box>
      <IconButton size="small" aria-label={`Remove condition ${number}`} onClick={onRemove} sx={{ mt: 0.5 }}>
        <X size={16} aria-hidden />
      </IconButton>
    </Stack>
  );
}

interface Option {
  id: string;
  name: string;
}

interface ValueProps {
  operator: Operator;
  value: string;
  options: readonly Option[];
  onChange: (value: string) => void;
}

function Value({ operator: { input }, value, options, onChange }: ValueProps) {
  const common = { value, autoComplete: 'off', onChange: (event: { target: { value: string } }) => onChange(event.target.value) };
  if (input === 'option' || input === 'group') {
    return (
      <TextField select {...common} value={options.some(({ id }) => id === value) ? value : ''} slotProps={{ htmlInput: { 'aria-label': 'Value' } }}>
        {options.map(({ id, name }) => (
          <MenuItem key={id} value={id}>
            {name}
          </MenuItem>
        ))}
      </TextField>
    );
  }
  return (
    <TextField
      {...common}
      {...(input === 'date' && { type: 'date' })}
      slotProps={{ htmlInput: { 'aria-label': 'Value', inputMode: input === 'number' ? 'decimal' : 'text' } }}
    />
  );
}

function optionsOf({ input }: Operator, subject: Subject, fields: readonly Field[], groups: readonly Option[]): readonly Option[] {
  if (input === 'group') return groups;
  const kind = typeof subject === 'object' ? fields.find(({ key }) => key === subject.field)?.kind : undefined;
  return kind !== undefined && 'options' in kind ? kind.options.map(({ value, label }) => ({ id: value, name: label })) : [];
}

function firstValue(way: Operator, subject: Subject, fields: readonly Field[], group: string | undefined): string {
  switch (way.input) {
    case 'option':
      return optionsOf(way, subject, fields, [])[0]?.id ?? '';
    case 'group':
      return group ?? '';
    case 'number':
      return subject === 'price' ? '1000' : '0';
    case 'date':
      return new Date().toISOString().slice(0, 10);
    default:
      return '';
  }
}
