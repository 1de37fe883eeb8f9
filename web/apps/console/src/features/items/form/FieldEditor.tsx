/** All that one field is. */
import type { Field } from '@itechsmart/api';
import { Stack, TextField } from '@mui/material';
import { ConditionEditor } from '../conditions/ConditionEditor';
import { fixedKeys, fixedOptions, type Editing } from '../editing';
import { without } from '../content';
import { addOption, changeField, relabelField, relabelOption, removeOption } from './fields';
import { KindEditor } from './KindEditor';
import { PrefillEditor } from './PrefillEditor';
import { moved } from '#shared/ui/moved';
import { Toggle } from '#shared/ui/Toggle';

const LABEL_CHARS_MAX = 200;
const HELP_CHARS_MAX = 2_000;

interface FieldEditorProps {
  editing: Editing;
  field: Field;
  at: number;
}

export function FieldEditor({ editing, field, at }: FieldEditorProps) {
  const { content, change, published, names } = editing;
  const set = (part: Partial<Field>) => change((current) => changeField(current, at, part));
  const others = without(content.form.fields, at);
  const fixed = fixedOptions(published, field.key);
  const { kind } = field;
  return (
    <>
      <TextField
        label="Question"
        autoFocus={field.label === ''}
        autoComplete="off"
        value={field.label}
        onChange={(event) => change((current) => relabelField(current, at, event.target.value, fixedKeys(published)))}
        slotProps={{ htmlInput: { maxLength: LABEL_CHARS_MAX } }}
      />
      <TextField
        label="Help"
        autoComplete="off"
        multiline
        value={field.help ?? ''}
        onChange={(event) => set({ help: event.target.value })}
        helperText="Below the field, where the question alone does not say enough."
        slotProps={{ htmlInput: { maxLength: HELP_CHARS_MAX } }}
      />
      <KindEditor
        kind={kind}
        names={names}
        published={published}
        fieldKey={field.key}
        others={others}
        onChange={(next) => set({ kind: next })}
        fault={(pointer) => editing.fault(`/form/fields/${at}/kind${pointer}`)}
        options={{
          onLabel: (option, label) => change((current) => relabelOption(current, at, option, label, fixed)),
          onRemove: (option) => change((current) => removeOption(current, at, option)),
          onAdd: () => 'options' in kind && set({ kind: { ...kind, options: addOption(kind.options) } }),
          onMove: (from, to) => 'options' in kind && set({ kind: { ...kind, options: moved(kind.options, from, to) } }),
        }}
      />
      {kind.type !== 'table' && <PrefillEditor editing={editing} field={field} onChange={(prefill) => set({ prefill })} />}
      <Stack>
        <Toggle label="Has to be answered" on={field.required === true} onChange={(required) => set({ required })} />
      </Stack>
      <ConditionEditor
        title="Ask it only if"
        always="Always asked"
        of="field"
        condition={field.show ?? undefined}
        fields={others}
        names={names}
        onChange={(show) => set({ show: show ?? null })}
      />
      {field.required !== true && (
        <ConditionEditor
          title="It has to be answered if"
          always="Never has to be answered"
          of="field"
          condition={field.require ?? undefined}
          fields={others}
          names={names}
          onChange={(require) => set({ require: require ?? null })}
        />
      )}
    </>
  );
}
