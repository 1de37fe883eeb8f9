import type { Column, FieldKind, FieldType, ItemVersion } from '@itechsmart/api';
import { Box, Button, IconButton, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { Plus, X } from 'lucide-react';
import type { Names } from '#shared/catalog/words';
import { MoveButtons } from '#shared/ui/MoveButtons';
import { moved } from '#shared/ui/moved';
import { at as changedAt, without } from '../content';
import { fixedColumns, fixedOptions } from '../editing';
import { addOption, fieldTypes, kindOf, newColumn, relabelColumn, relabelled } from './fields';
import { KindEditor, type KindEditorProps } from './KindEditor';
import { Toggle } from '#shared/ui/Toggle';

const COLUMNS_MAX = 20;
const LABEL_CHARS_MAX = 200;
const HELP_CHARS_MAX = 2_000;

interface ColumnsEditorProps {
  columns: readonly Column[];
  names: Names;
  published: ItemVersion | undefined;
  fieldKey: string;
  others: KindEditorProps['others'];
  onChange: (columns: Column[]) => void;
  /** What the server found at a place below the columns. */
  fault: KindEditorProps['fault'];
}

export function ColumnsEditor({ columns, names, published, fieldKey, others, onChange, fault }: ColumnsEditorProps) {
  const fixed = fixedColumns(published, fieldKey);
  const set = (place: number, part: Partial<Column>) => onChange(changedAt(columns, place, (column) => ({ ...column, ...part })));
  return (
    <Box role="group" aria-label="Columns">
      <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
        Columns
      </Typography>
      <Stack sx={{ gap: 1.25 }}>
        {columns.map((column, place) => (
          <Stack key={place} role="group" aria-label={`Column ${place + 1}`} sx={{ gap: 1.5, border: 1, borderColor: 'divider', borderRadius: 1, p: 1.25 }}>
            <Stack direction="row" sx={{ gap: 0.5, alignItems: 'center' }}>
              <TextField
                label="Title"
                autoComplete="off"
                value={column.label}
                onChange={(event) => onChange(relabelColumn(columns, place, event.target.value, fixed))}
                slotProps={{ htmlInput: { maxLength: LABEL_CHARS_MAX } }}
              />
              <MoveButtons name={`column ${place + 1}`} at={place} count={columns.length} onMove={(to) => onChange(moved(columns, place, to))} />
              <IconButton size="small" aria-label={`Remove column ${place + 1}`} disabled={columns.length === 1} onClick={() => onChange(without(columns, place))}>
                <X size={16} aria-hidden />
              </IconButton>
            </Stack>
            <TextField
              label="Help"
              autoComplete="off"
              multiline
              value={column.help ?? ''}
              onChange={(event) => set(place, { help: event.target.value })}
              helperText="Below its fields, where the title alone does not say enough."
              slotProps={{ htmlInput: { maxLength: HELP_CHARS_MAX } }}
            />
            <Stack direction="row" sx={{ gap: 2, alignItems: 'center', flexWrap: 'wrap' }}>
              <TextField
                select
                label="Takes"
                value={column.kind.type}
                onChange={(event) => set(place, { kind: kindOf(event.target.value as FieldType) })}
                sx={{ flex: '1 1 160px' }}
              >
                {fieldTypes
                  .filter(({ type }) => type !== 'table')
                  .map(({ type, title }) => (
                    <MenuItem key={type} value={type}>
                      {title}
                    </MenuItem>
                  ))}
              </TextField>
              <Toggle label="Has to be filled in" on={column.required === true} onChange={(required) => set(place, { required })} />
            </Stack>
            <KindEditor
              kind={column.kind}
              names={names}
              published={published}
              fieldKey={fieldKey}
              others={others}
              onChange={(kind) => set(place, { kind })}
              fault={(pointer) => fault(`/${place}/kind${pointer}`)}
              options={optionSteps(column.kind, fixedOptions(published, fieldKey, column.key), (kind) => set(place, { kind }))}
            />
          </Stack>
        ))}
      </Stack>
      <Button startIcon={<Plus size={15} aria-hidden />} sx={{ mt: 0.75 }} disabled={columns.length >= COLUMNS_MAX} onClick={() => onChange([...columns, newColumn(columns)])}>
        Add a column
      </Button>
    </Box>
  );
}

/** Nothing asks for the options of a column, so nothing has to follow them. */
function optionSteps(kind: FieldKind, fixed: ReadonlySet<string>, set: (kind: FieldKind) => void) {
  const options = 'options' in kind ? kind.options : [];
  const write = (next: typeof options) => {
    if (kind.type === 'choices') set({ ...kind, options: next, max: Math.max(1, Math.min(kind.max, next.length)) });
    else if (kind.type === 'choice') set({ ...kind, options: next });
  };
  return {
    onLabel: (option: number, label: string) => write(relabelled(options, option, label, fixed)),
    onRemove: (option: number) => write(without(options, option)),
    onAdd: () => write(addOption(options)),
    onMove: (from: number, to: number) => write(moved(options, from, to)),
  };
}
