/** A span of time, in the largest unit that it is a whole number of. */
import { MenuItem, Stack, TextField } from '@mui/material';
import { useState } from 'react';
import { NumberField } from './NumberField';

const units = [
  { name: 'days', minutes: 1_440 },
  { name: 'hours', minutes: 60 },
  { name: 'minutes', minutes: 1 },
] as const;

export function largestUnit(minutes: number, longest = Infinity): number {
  return units.find((unit) => unit.minutes <= longest && minutes >= unit.minutes && minutes % unit.minutes === 0)?.minutes ?? 1;
}

interface DurationFieldProps {
  label: string;
  minutes: number;
  max: number;
  min?: number;
  /** Hours of a calendar make no days of 24. */
  ofCalendar?: boolean;
  onChange: (minutes: number) => void;
}

export function DurationField({ label, minutes, max, min = 1, ofCalendar = false, onChange }: DurationFieldProps) {
  // What was chosen stays, as long as it fits: 24 hours are not turned into a day while one types.
  const longest = ofCalendar ? 60 : Infinity;
  const [chosen, setChosen] = useState(() => largestUnit(minutes, longest));
  const unit = minutes % chosen === 0 ? chosen : largestUnit(minutes, longest);
  return (
    <Stack direction="row" sx={{ gap: 1, flex: 1 }}>
      <NumberField label={label} value={minutes / unit} min={min} max={Math.floor(max / unit)} onChange={(value) => onChange(value * unit)} />
      <TextField
        select
        value={unit}
        slotProps={{ htmlInput: { 'aria-label': `${label}: unit` } }}
        onChange={(event) => {
          const next = Number(event.target.value);
          setChosen(next);
          onChange(Math.min(Math.floor(max / next), Math.max(min, minutes / unit)) * next);
        }}
        sx={{ width: 130, flexShrink: 0 }}
      >
        {units.filter((one) => one.minutes <= longest).map(({ name, minutes: length }) => (
          <MenuItem key={name} value={length}>
            {name}
          </MenuItem>
        ))}
      </TextField>
    </Stack>
  );
}
