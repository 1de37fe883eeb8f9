/** An item of a bundle: whether it may be left out, and what of its form is answered beforehand. */
import type { Answer, BundlePart, BundlePreset, Field, Item } from '@itechsmart/api';
import { Alert, Box, Button, Checkbox, FormControlLabel, Stack, Typography } from '@mui/material';
import { today } from '#shared/catalog/form/answers';
import { FieldInput } from '#shared/catalog/form/FieldInput';
import { TableInput } from '#shared/catalog/form/TableInput';
import { merged, namesOf, type Names } from '#shared/catalog/words';
import { useMe } from '#shared/session/useMe';
import { Choose, type Named } from '#shared/ui/Choose';
import type { Editing } from '../editing';
import { firstAnswer, takesAnswer } from '../form/fields';
import { presetPart, requirePart, strangers } from './parts';

type Mode = '' | 'begins' | 'fixed';

const modes: readonly Named[] = [['', 'As the item asks it'], ['begins', 'Begins with an answer'], ['fixed', 'Always this answer']];

interface PartEditorProps {
  editing: Editing;
  part: BundlePart;
  at: number;
  item: Item | undefined;
}

export function PartEditor({ editing, part, at, item }: PartEditorProps) {
  const { change } = editing;
  const form = item?.published?.form;
  const gone = form === undefined ? [] : strangers(part, form);
  const set = (key: string, preset: BundlePreset | undefined) => change((current) => presetPart(current, at, key, preset));
  const names = item === undefined ? editing.names : merged(editing.names, namesOf(item));
  return (
    <>
      <FormControlLabel
        sx={{ alignSelf: 'flex-start' }}
        label="Belongs to the bundle, and cannot be left out"
        slotProps={{ typography: { variant: 'body2' } }}
        control={<Checkbox size="small" checked={part.is_required} onChange={(event) => change((current) => requirePart(current, at, event.target.checked))} />}
      />
      {gone.length > 0 && (
        <Alert
          severity="warning"
          action={
            <Button color="inherit" onClick={() => change((current) => gone.reduce((content, key) => presetPart(content, at, key, undefined), current))}>
              Remove them
            </Button>
          }
        >
          The item does not ask any more for: {gone.join(', ')}.
        </Alert>
      )}
      {form !== undefined && form.fields.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          The item’s form asks nothing.
        </Typography>
      )}
      {form !== undefined && form.fields.length > 0 && (
        <Box role="group" aria-label="Answers given beforehand" sx={{ display: 'grid', gap: 2 }}>
          {form.fields.map((field) => (
            <Preset key={field.key} field={field} preset={part.presets[field.key]} names={names} onMeet={editing.meet} onChange={(preset) => set(field.key, preset)} />
          ))}
        </Box>
      )}
    </>
  );
}

interface PresetProps {
  field: Field;
  preset: BundlePreset | undefined;
  names: Names;
  onMeet: Editing['meet'];
  onChange: (preset: BundlePreset | undefined) => void;
}

function Preset({ field, preset, names, onMeet, onChange }: PresetProps) {
  const me = useMe();
  const mode: Mode = preset === undefined ? '' : preset.is_fixed ? 'fixed' : 'begins';
  if (!takesAnswer(field.kind)) {
    return (
      <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
        {field.label}: {field.kind.type === 'files' ? 'files are brought by whoever asks.' : 'its options are known once it is asked.'}
      </Typography>
    );
  }
  const choose = (next: string) => onChange(next === '' ? undefined : { answer: preset?.answer ?? beginningOf(field), is_fixed: next === 'fixed' });
  const common = {
    asked: { key: field.key, label: 'Answer', help: '', required: false },
    context: { requester: me.id, today: today() },
    names,
    onMeet,
    path: field.key,
    answers: {},
    onChange: (answer: Answer | undefined) => onChange(answer === undefined ? undefined : { answer, is_fixed: mode === 'fixed' }),
  };
  return (
    <Stack sx={{ gap: 1.5, minWidth: 0 }}>
      <Choose label={field.label} value={mode} options={modes} onChange={choose} />
      {preset !== undefined && (
        <Box sx={{ pl: 2, borderLeft: 2, borderColor: 'divider', minWidth: 0 }}>
          {field.kind.type === 'table' ? (
            <TableInput {...common} kind={field.kind} answer={preset.answer} faults={{}} />
          ) : (
            <FieldInput {...common} kind={field.kind} answer={preset.answer} fault={undefined} compact />
          )}
        </Box>
      )}
    </Stack>
  );
}

/** With what the item's own form begins, if that is an answer. */
function beginningOf(field: Field): Answer {
  const { prefill, kind } = field;
  if (typeof prefill === 'object' && prefill !== null && 'value' in prefill) return prefill.value;
  return kind.type === 'table' ? { table: [] } : firstAnswer(field);
}
