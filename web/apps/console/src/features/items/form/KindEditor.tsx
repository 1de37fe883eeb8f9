/** What a field takes, by its kind. Columns of a table are the same, but for tables in tables. */
import type { DateBound, Field, FieldKind, FormOption, ItemVersion } from '@itechsmart/api';
import { Box, Button, IconButton, MenuItem, Stack, TextField, Typography } from '@mui/material';
import { Plus, X } from 'lucide-react';
import { useGroups } from '#shared/api/useGroups';
import type { Names } from '#shared/catalog/words';
import { MoveButtons } from '#shared/ui/MoveButtons';
import { groupOptions } from '../groupOptions';
import { NumberField } from '#shared/forms/NumberField';
import { ColumnsEditor } from './ColumnsEditor';
import { withQuery } from './fields';
import { FilesKind } from './FilesKind';
import { QueryEditor } from './QueryEditor';
import { TextKind } from './TextKind';

const OPTIONS_MAX = 1_000;
const ROWS_MAX = 500;
const LABEL_CHARS_MAX = 200;

export interface OptionSteps {
  onLabel: (option: number, label: string) => void;
  onRemove: (option: number) => void;
  onAdd: () => void;
  onMove: (from: number, to: number) => void;
}

export interface KindEditorProps {
  kind: FieldKind;
  names: Names;
  published: ItemVersion | undefined;
  fieldKey: string;
  /** The other fields, whose answers options may follow. */
  others: readonly Pick<Field, 'key' | 'label' | 'kind'>[];
  onChange: (kind: FieldKind) => void;
  options: OptionSteps;
  /** What the server found at a place below the kind. */
  fault: (pointer: string) => string | undefined;
}

const pair = { display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } };

export function KindEditor({ kind, names, published, fieldKey, others, onChange, options, fault }: KindEditorProps) {
  switch (kind.type) {
    case 'text':
      return <TextKind kind={kind} onChange={onChange} fault={fault} />;
    case 'number': {
      const bound = (name: 'min' | 'max' | 'step', label: string, help?: string) => (
        <TextField
          label={label}
          autoComplete="off"
          value={kind[name] ?? ''}
          helperText={help}
          onChange={(event) => onChange({ ...kind, [name]: event.target.value.trim() || null })}
          slotProps={{ htmlInput: { inputMode: 'decimal' } }}
        />
      );
      return (
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr 1fr' } }}>
          {bound('min', 'Least')}
          {bound('max', 'Most')}
          {bound('step', 'In steps of', '1 for whole numbers')}
        </Box>
      );
    }
    case 'choice':
      return (
        <>
          <QueryEditor query={kind.query ?? null} names={names} others={others} onChange={(query) => onChange(withQuery(kind, query))} />
          {kind.query == null && <OptionList options={kind.options} steps={options} />}
        </>
      );
    case 'choices':
      return (
        <>
          <QueryEditor query={kind.query ?? null} names={names} others={others} onChange={(query) => onChange(withQuery(kind, query))} />
          {kind.query == null && <OptionList options={kind.options} steps={options} />}
          <Box sx={pair}>
            <NumberField label="At least" value={kind.min ?? 0} min={0} max={OPTIONS_MAX} onChange={(min) => onChange({ ...kind, min })} />
            <NumberField label="At most" value={kind.max} min={1} max={OPTIONS_MAX} onChange={(max) => onChange({ ...kind, max })} />
          </Box>
        </>
      );
    case 'date':
      return (
        <Box sx={pair}>
          <Bound label="Earliest" bound={kind.earliest ?? null} onChange={(earliest) => onChange({ ...kind, earliest })} />
          <Bound label="Latest" bound={kind.latest ?? null} onChange={(latest) => onChange({ ...kind, latest })} />
        </Box>
      );
    case 'user':
      return <OfGroup id={kind.group_id ?? ''} names={names} onChange={(group) => onChange({ ...kind, group_id: group || null })} />;
    case 'files':
      return <FilesKind kind={kind} onChange={onChange} />;
    case 'table':
      return (
        <>
          <ColumnsEditor others={others} columns={kind.columns} names={names} published={published} fieldKey={fieldKey} onChange={(columns) => onChange({ ...kind, columns })} fault={(pointer) => fault(`/columns${pointer}`)} />
          <Box sx={pair}>
            <NumberField label="Rows at least" value={kind.rows_min ?? 0} min={0} max={ROWS_MAX} onChange={(rows_min) => onChange({ ...kind, rows_min })} />
            <NumberField label="Rows at most" value={kind.rows_max} min={1} max={ROWS_MAX} onChange={(rows_max) => onChange({ ...kind, rows_max })} />
          </Box>
        </>
      );
  }
}

function OptionList({ options, steps }: { options: readonly FormOption[]; steps: OptionSteps }) {
  return (
    <Box role="group" aria-label="Options">
      <Typography variant="body2" color="textSecondary" sx={{ mb: 1 }}>
        Options
      </Typography>
      <Stack sx={{ gap: 1 }}>
        {options.map(({ label }, at) => (
          <Stack key={at} direction="row" sx={{ gap: 0.5, alignItems: 'center' }}>
            <TextField
              value={label}
              autoComplete="off"
              onChange={(event) => steps.onLabel(at, event.target.value)}
              slotProps={{ htmlInput: { 'aria-label': `Option ${at + 1}`, maxLength: LABEL_CHARS_MAX } }}
            />
            <MoveButtons name={`option ${at + 1}`} at={at} count={options.length} onMove={(to) => steps.onMove(at, to)} />
            <IconButton size="small" aria-label={`Remove option ${at + 1}`} disabled={options.length === 1} onClick={() => steps.onRemove(at)}>
              <X size={16} aria-hidden />
            </IconButton>
          </Stack>
        ))}
      </Stack>
      <Button startIcon={<Plus size={15} aria-hidden />} sx={{ mt: 0.75 }} disabled={options.length >= OPTIONS_MAX} onClick={steps.onAdd}>
        Add an option
      </Button>
    </Box>
  );
}

type BoundMode = 'none' | 'today' | 'day';

function Bound({ label, bound, onChange }: { label: string; bound: DateBound | null; onChange: (bound: DateBound | null) => void }) {
  const mode: BoundMode = bound === null ? 'none' : 'on' in bound ? 'day' : 'today';
  const choose = (next: BoundMode) =>
    onChange(next === 'none' ? null : next === 'today' ? { days_from_today: 0 } : { on: new Date().toISOString().slice(0, 10) });
  return (
    <Stack sx={{ gap: 1 }}>
      <TextField select label={label} value={mode} onChange={(event) => choose(event.target.value as BoundMode)}>
        <MenuItem value="none">Any day</MenuItem>
        <MenuItem value="today">Counted from today</MenuItem>
        <MenuItem value="day">A certain day</MenuItem>
      </TextField>
      {bound !== null && 'days_from_today' in bound && (
        <NumberField label={`${label}: days from today`} value={bound.days_from_today} min={-36_500} max={36_500} onChange={(days_from_today) => onChange({ days_from_today })} />
      )}
      {bound !== null && 'on' in bound && (
        <TextField label={`${label} day`} type="date" value={bound.on} slotProps={{ inputLabel: { shrink: true } }} onChange={(event) => onChange({ on: event.target.value })} />
      )}
    </Stack>
  );
}

function OfGroup({ id, names, onChange }: { id: string; names: Names; onChange: (id: string) => void }) {
  const options = groupOptions(useGroups().data, names, id === '' ? [] : [id]);
  return (
    <TextField select label="Who can be chosen" value={id} onChange={(event) => onChange(event.target.value)}>
      <MenuItem value="">Anybody</MenuItem>
      {options.map((group) => (
        <MenuItem key={group.id} value={group.id}>
          Members of {group.name}
        </MenuItem>
      ))}
    </TextField>
  );
}
