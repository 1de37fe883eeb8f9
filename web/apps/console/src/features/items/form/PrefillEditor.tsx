/** What a field begins with. */
import type { Field, Prefill } from '@itechsmart/api';
import { MenuItem, Stack, TextField } from '@mui/material';
import { today } from '#shared/catalog/form/answers';
import { FieldInput } from '#shared/catalog/form/FieldInput';
import { useMe } from '#shared/session/useMe';
import type { Editing } from '../editing';
import { NumberField } from '#shared/forms/NumberField';
import { firstAnswer, takesAnswer } from './fields';

type Mode = 'nothing' | 'requester' | 'today' | 'value';

const words: Record<Mode, string> = {
  nothing: 'Empty',
  requester: 'Whoever asks',
  today: 'Counted from today',
  value: 'With an answer',
};

interface PrefillEditorProps {
  editing: Editing;
  field: Field;
  onChange: (prefill: Prefill | null) => void;
}

export function PrefillEditor({ editing, field, onChange }: PrefillEditorProps) {
  const me = useMe();
  const { kind, prefill } = field;
  const mode = modeOf(prefill);
  const modes: Mode[] = ['nothing', ...(kind.type === 'user' ? (['requester'] as const) : []), ...(kind.type === 'date' ? (['today'] as const) : []), ...(takesAnswer(kind) ? (['value'] as const) : [])];
  const answer = typeof prefill === 'object' && prefill !== null && 'value' in prefill ? prefill.value : undefined;
  const choose = (next: Mode) => {
    if (next === 'nothing') onChange(null);
    else if (next === 'requester') onChange('requester');
    else if (next === 'today') onChange({ days_from_today: 0 });
    else onChange({ value: firstAnswer(field) });
  };
  return (
    <Stack sx={{ gap: 1.5 }}>
      <TextField select label="Begins" value={mode} onChange={(event) => choose(event.target.value as Mode)}>
        {modes.map((each) => (
          <MenuItem key={each} value={each}>
            {words[each]}
          </MenuItem>
        ))}
      </TextField>
      {typeof prefill === 'object' && prefill !== null && 'days_from_today' in prefill && (
        <NumberField label="Days from today" value={prefill.days_from_today} min={-36_500} max={36_500} onChange={(days_from_today) => onChange({ days_from_today })} />
      )}
      {answer !== undefined && (
        <FieldInput
          asked={{ label: 'Begins with', help: '', required: false }}
          kind={kind}
          answer={answer}
          fault={undefined}
          context={{ requester: me.id, today: today() }}
          names={editing.names}
          onMeet={editing.meet}
          path={field.key}
          answers={{}}
          onChange={(value) => onChange(value === undefined ? null : { value })}
          compact
        />
      )}
    </Stack>
  );
}

function modeOf(prefill: Field['prefill']): Mode {
  if (prefill == null) return 'nothing';
  if (prefill === 'requester') return 'requester';
  return 'value' in prefill ? 'value' : 'today';
}
