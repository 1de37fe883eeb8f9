/** One of a few, from a list. */
import { MenuItem, TextField } from '@mui/material';

export type Named = readonly [value: string, name: string];

interface ChooseProps {
  label: string;
  value: string;
  options: readonly Named[];
  onChange: (value: string) => void;
}

export function Choose({ label, value, options, onChange }: ChooseProps) {
  return (
    <TextField
      select
      label={label}
      value={options.some(([option]) => option === value) ? value : ''}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
    >
      {options.map(([option, name]) => (
        <MenuItem key={option} value={option}>
          {name}
        </MenuItem>
      ))}
    </TextField>
  );
}
