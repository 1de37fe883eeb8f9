/** Rows of answers: a line each where there is room, a card each on a phone. */
import type { Answer, FieldKind, Row } from '@itechsmart/api';
import { Box, Button, FormControl, FormHelperText, FormLabel, IconButton, Stack, Tooltip, Typography } from '@mui/material';
import { Plus, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import { omit } from '#shared/omit';
import { FieldInput, type FieldInputProps } from './FieldInput';
import type { Faults } from './answers';

interface TableInputProps extends Omit<FieldInputProps, 'kind' | 'fault' | 'asked' | 'place'> {
  asked: FieldInputProps['asked'] & { key: string };
  kind: Extract<FieldKind, { type: 'table' }>;
  faults: Faults;
}

export function TableInput({ asked, kind, answer, faults, onChange, path, ...common }: TableInputProps) {
  const id = useId();
  // One row waits to be filled in.
  const rows: readonly Row[] = answer !== undefined && 'table' in answer && answer.table.length > 0 ? answer.table : [{}];
  // Rows have no name of their own. What is under way in one stays with it when another one goes.
  const [keys, setKeys] = useState<readonly number[]>(() => [...rows.keys()]);
  const fault = faults[asked.key];
  const set = (next: readonly Row[]) => onChange({ table: [...next] });
  const change = (at: number, column: string, cell: Answer | undefined) =>
    set(
      rows.map((row, index) => {
        if (index !== at) return row;
        return cell === undefined ? omit(row, column) : { ...row, [column]: cell };
      }),
    );
  const add = () => {
    setKeys([...keys, Math.max(-1, ...keys) + 1]);
    set([...rows, {}]);
  };
  return (
    <FormControl component="fieldset" error={fault !== undefined} required={asked.required} aria-describedby={`${id}-help`} sx={{ minWidth: 0 }}>
      <FormLabel component="legend" sx={{ typography: 'body2', mb: 1, overflowWrap: 'anywhere' }}>
        {asked.label}
      </FormLabel>
      <Stack sx={{ gap: 1.25 }}>
        {rows.map((row, at) => (
          <Stack
            key={keys[at] ?? `new ${at}`}
            direction="row"
            role="group"
            aria-label={`Row ${at + 1}`}
            sx={{ gap: 1, alignItems: 'flex-start', border: 1, borderColor: 'divider', borderRadius: 1, p: 1.25, pt: 1.5 }}
          >
            <Box sx={{ flex: 1, minWidth: 0, display: 'grid', gap: 1.5, gridTemplateColumns: 'repeat(auto-fit, minmax(min(180px, 100%), 1fr))' }}>
              {kind.columns.map((column) => (
                <FieldInput
                  key={column.key}
                  {...common}
                  compact
                  path={`${path}.${column.key}`}
                  place={`${asked.key}/${at}/${column.key}`}
                  asked={{ label: column.label, help: column.help ?? '', required: column.required === true }}
                  kind={column.kind}
                  answer={row[column.key]}
                  fault={faults[`${asked.key}/${at}/${column.key}`]}
                  onChange={(cell) => change(at, column.key, cell)}
                />
              ))}
            </Box>
            <Tooltip title="Remove this row">
              <span>
                <IconButton
                  size="small"
                  aria-label={`Remove row ${at + 1}`}
                  disabled={rows.length === 1 && Object.keys(row).length === 0}
                  onClick={() => {
                    setKeys(keys.filter((_, index) => index !== at));
                    set(rows.filter((_, index) => index !== at));
                  }}
                >
                  <Trash2 size={16} aria-hidden />
                </IconButton>
              </span>
            </Tooltip>
          </Stack>
        ))}
      </Stack>
      <Stack direction="row" sx={{ mt: 1, gap: 1.5, alignItems: 'center' }}>
        <Button variant="outlined" color="inherit" startIcon={<Plus size={15} aria-hidden />} disabled={rows.length >= kind.rows_max} onClick={add}>
          Add a row
        </Button>
        <Typography variant="caption" color="textSecondary">
          {rows.length} of at most {kind.rows_max}
        </Typography>
      </Stack>
      <FormHelperText id={`${id}-help`}>{fault ?? asked.help}</FormHelperText>
    </FormControl>
  );
}
