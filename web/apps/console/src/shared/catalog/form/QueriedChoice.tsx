/** A choice whose options are looked up while somebody types. */
import type { CatalogPaths, FieldOptions, FormOption, Problem } from '@itechsmart/api';
import { Autocomplete, TextField } from '@mui/material';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { sentence } from '#shared/format/text';
import { catalog } from '#shared/session/session';
import type { Of } from './FieldInput';
import { queryWords } from './queries';

type Props = Of<'choice' | 'choices'> & {
  /** What another field is answered with that options follow; empty where it is not answered yet. */
  of: string | undefined;
};

function useOptions(item: { id: string; version: number } | undefined, field: string, of: string | undefined, search: string) {
  const query = { version: item?.version, field, of, search };
  const path: CatalogPaths['get'] = `/items/${item?.id ?? ''}/options`;
  return useQuery<FieldOptions, Problem>({
    queryKey: ['catalog.options', item?.id, query],
    queryFn: ({ signal }) => catalog.get<FieldOptions>(path, query, signal),
    placeholderData: keepPreviousData,
    enabled: item !== undefined && of !== '',
  });
}

export function QueriedChoice({ asked, kind, answer, fault, context, path, of, onChange, compact = false }: Props) {
  const [typed, setTyped] = useState('');
  const [met, setMet] = useState<ReadonlyMap<string, string>>(new Map());
  const search = useDeferredValue(typed.trim());
  const found = useOptions(context.item, path, of, search);
  const options = found.data?.items ?? [];
  const label = (value: string) => met.get(value) ?? options.find((option) => option.value === value)?.label ?? value;
  const named = (value: string): FormOption => ({ value, label: label(value) });
  const meet = (chosen: readonly FormOption[]) => setMet((current) => new Map([...current, ...chosen.map((one) => [one.value, one.label] as const)]));
  const waits = of === '';
  const more = found.data?.is_complete === false ? 'There are more: type to find them.' : '';
  const nowhere = context.item === undefined && kind.query != null ? `Options: ${queryWords(kind.query)}. They are found where it is asked.` : '';
  const help = fault ?? [asked.help, waits && nowhere === '' ? 'Answer first what these options depend on.' : '', more, nowhere].filter(Boolean).join(' ');
  const problem = found.error === null ? undefined : sentence(found.error.detail);
  const common = {
    size: 'small' as const,
    fullWidth: true,
    options: waits ? [] : options,
    disabled: waits || context.item === undefined,
    loading: found.isFetching,
    filterOptions: (all: FormOption[]) => all,
    getOptionLabel: (option: FormOption) => option.label,
    getOptionKey: (option: FormOption) => option.value,
    isOptionEqualToValue: (one: FormOption, other: FormOption) => one.value === other.value,
    noOptionsText: problem ?? (search === '' ? 'There is nothing to choose' : 'Nothing is called so'),
    onInputChange: (_: unknown, text: string, reason: string) => setTyped(reason === 'input' ? text : ''),
    // What it waits for has to be readable.
    sx: { ...(compact ? {} : { maxWidth: 420 }), '& .MuiFormHelperText-root.Mui-disabled': { color: 'text.secondary' } },
  };
  if (kind.type === 'choices') {
    const chosen = answer !== undefined && 'choices' in answer ? answer.choices : [];
    return (
      <Autocomplete
        {...common}
        multiple
        disableCloseOnSelect
        value={chosen.map(named)}
        onChange={(_, next) => {
          meet(next);
          onChange({ choices: next.map(({ value }) => value) });
        }}
        renderInput={(props) => <TextField {...props} label={asked.label} required={asked.required} error={fault !== undefined} helperText={help} />}
      />
    );
  }
  const chosen = answer !== undefined && 'choice' in answer ? answer.choice : '';
  return (
    <Autocomplete
      {...common}
      value={chosen === '' ? null : named(chosen)}
      onChange={(_, next) => {
        if (next !== null) meet([next]);
        onChange({ choice: next?.value ?? '' });
      }}
      renderInput={(props) => <TextField {...props} label={asked.label} required={asked.required} error={fault !== undefined} helperText={help} />}
    />
  );
}
