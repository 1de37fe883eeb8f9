/** Something that is on or off. */
import { FormControlLabel, Switch } from '@mui/material';

interface ToggleProps {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

export function Toggle({ label, on, onChange }: ToggleProps) {
  return (
    <FormControlLabel
      label={label}
      slotProps={{ typography: { variant: 'body2' } }}
      // The switch is wider than what is seen of it.
      sx={{ ml: -0.75 }}
      control={<Switch size="small" checked={on} onChange={(_, next) => onChange(next)} />}
    />
  );
}
