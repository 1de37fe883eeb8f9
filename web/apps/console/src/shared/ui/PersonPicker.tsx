/** One person of the tenant, found by name or address. */
import { Autocomplete, TextField, Typography } from '@mui/material';
import { useDeferredValue, useState } from 'react';
import type { NamedUser } from '@itechsmart/api';
import { usePeople } from '#shared/api/usePeople';

type Choice = NamedUser & { email?: string };

interface PersonPickerProps {
  label: string;
  person: NamedUser | null;
  onChange: (person: NamedUser | null) => void;
  /** Who cannot be chosen. */
  except?: string | undefined;
  required?: boolean;
  help?: string | undefined;
  error?: string | undefined;
}

export function PersonPicker({ label, person, onChange, except, required = false, help, error }: PersonPickerProps) {
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed === person?.name ? '' : typed.trim());
  const people = usePeople(search);
  const options: Choice[] = (people.data?.items ?? []).filter(
    ({ id }) => id !== except,
  );
  const chosen: Choice | null = person;
  return (
    <Autocomplete
      size="small"
      fullWidth
      options={options}
      loading={people.isFetching}
      noOptionsText={people.error === null ? 'Nobody has that name' : people.error.message}
      value={chosen}
      onChange={(_, next) => onChange(next && { id: next.id, name: next.name })}
      onInputChange={(_, text) => setTyped(text)}
      filterOptions={(found) => found}
      getOptionLabel={({ name }) => name}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      renderOption={(props, { id, name, email }) => (
        <li {...props} key={id}>
          <span>
            {name}
            <Typography component="span" variant="body2" color="textSecondary" sx={{ display: 'block' }}>
              {email}
            </Typography>
          </span>
        </li>
      )}
      renderInput={(props) => (
        <TextField {...props} label={label} required={required} error={error !== undefined} helperText={error ?? help} />
      )}
    />
  );
}
