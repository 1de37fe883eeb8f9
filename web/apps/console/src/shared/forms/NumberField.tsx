/** A whole number. What is typed may be nothing for a moment; what is told is always a number. */
import { TextField } from '@mui/material';
import { useState } from 'react';

interface NumberFieldProps {
  label: string;
  value: number;
  min: number;
  max: number;
  onChange: (value: number) => void;
}

export function NumberField({ label, value, min, max, onChange }: NumberFieldProps) {
  const [typed, setTyped] = useState<string>();
  const settle = () => {
    const number = Math.round(Number(typed));
    if (typed !== undefined && typed.trim() !== '' && Number.isFinite(number)) onChange(Math.min(max, Math.max(min, number)));
    setTyped(undefined);
  };
  return (
    <TextField
      label={label}
      autoComplete="off"
      value={typed ?? String(value)}
      onChange={(event) => {
        const text = event.target.value;
        setTyped(text);
        const number = Number(text);
        if (text.trim() !== '' && Number.isInteger(number) && number >= min && number <= max) onChange(number);
      }}
      onBlur={settle}
      slotProps={{ htmlInput: { inputMode: 'numeric' } }}
    />
  );
}
