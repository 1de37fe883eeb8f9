/** How long a text may be, and what it has to look like. */
import type { FieldKind } from '@itechsmart/api';
import { Box } from '@mui/material';
import { NumberField } from '#shared/forms/NumberField';
import { Toggle } from '#shared/ui/Toggle';
import { withLines } from './fields';
import type { KindEditorProps } from './KindEditor';
import type { TextKindOf } from './patterns';
import { PatternEditor } from './PatternEditor';

const TEXT_CHARS_MAX = 20_000;

interface TextKindProps {
  kind: TextKindOf;
  onChange: (kind: FieldKind) => void;
  fault: KindEditorProps['fault'];
}

export function TextKind({ kind, onChange, fault }: TextKindProps) {
  return (
    <>
      <Toggle label="Several lines" on={kind.is_long === true} onChange={(on) => onChange(withLines(kind, on))} />
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
        <NumberField label="Characters at least" value={kind.chars_min ?? 0} min={0} max={TEXT_CHARS_MAX} onChange={(chars_min) => onChange({ ...kind, chars_min })} />
        <NumberField label="Characters at most" value={kind.chars_max} min={1} max={TEXT_CHARS_MAX} onChange={(chars_max) => onChange({ ...kind, chars_max })} />
      </Box>
      {(kind.is_long !== true || kind.pattern != null) && <PatternEditor pattern={kind.pattern ?? null} onChange={(pattern) => onChange({ ...kind, pattern })} fault={fault('/pattern')} />}
    </>
  );
}
