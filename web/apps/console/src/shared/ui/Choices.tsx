/** Several out of a list of named things. */
import { Autocomplete, Checkbox, TextField } from '@mui/material';
import type { Named } from '@itechsmart/api';

interface ChoicesProps {
  label: string;
  options: readonly Named[] | undefined;
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
  help?: string | undefined;
  error?: string | undefined;
}

export function Choices({ label, options = [], chosen, onChange, help, error }: ChoicesProps) {
  return (
    <Autocomplete
      multiple
      disableCloseOnSelect
      size="small"
      fullWidth
      options={options}
      value={options.filter((option) => chosen.includes(option.id))}
      getOptionLabel={(option) => option.name}
      isOptionEqualToValue={(option, value) => option.id === value.id}
      onChange={(_, values) => onChange(values.map((value) => value.id))}
      renderOption={({ key, ...props }, option, { selected }) => (
        <li key={key} {...props}>
          <Checkbox size="small" checked={selected} tabIndex={-1} sx={{ mr: 0.5, p: 0.5 }} />
          {option.name}
        </li>
      )}
      renderInput={(props) => (
        <TextField {...props} label={label} error={error !== undefined} helperText={error ?? help} />
      )}
    />
  );
}
