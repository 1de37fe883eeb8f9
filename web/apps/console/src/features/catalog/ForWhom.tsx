/** Whom a request is for: whoever asks, or somebody else. */
import type { NamedUser } from '@itechsmart/api';
import { FormControl, FormControlLabel, FormLabel, Radio, RadioGroup, Stack } from '@mui/material';
import { useId, useState } from 'react';
import { sentence } from '#shared/format/text';
import { useCan, useMe } from '#shared/session/useMe';
import { PersonPicker } from '#shared/ui/PersonPicker';

export interface Recipient {
  other: boolean;
  person: NamedUser | null;
  fault: string | undefined;
  set: (part: { other?: boolean; person?: NamedUser | null }) => void;
  /** Whether somebody is named, where it is for somebody else; says so where nobody is. */
  check: () => boolean;
  /** Shows what the server found. */
  take: (detail: string | undefined) => void;
  /** Null for whoever asks. */
  id: string | null;
}

export function useRecipient(): Recipient {
  const [{ other, person }, setChosen] = useState<{ other: boolean; person: NamedUser | null }>({ other: false, person: null });
  const [fault, setFault] = useState<string>();
  return {
    other,
    person,
    fault,
    set: (part) => setChosen((current) => ({ ...current, ...part })),
    check: () => {
      const named = !other || person !== null;
      setFault(named ? undefined : 'Choose whom it is for.');
      return named;
    },
    take: (detail) => setFault(detail && sentence(detail)),
    id: other ? (person?.id ?? null) : null,
  };
}

export function ForWhom({ recipient: { other, person, fault, set } }: { recipient: Recipient }) {
  const id = useId();
  const me = useMe();
  if (!useCan()('hub.people.read')) return null;
  const option = { typography: { variant: 'body2' } } as const;
  return (
    <Stack sx={{ gap: 1 }}>
      <FormControl>
        <FormLabel id={id} sx={{ typography: 'body2' }}>
          For whom
        </FormLabel>
        <RadioGroup row aria-labelledby={id} value={other ? 'other' : 'me'} onChange={(event) => set({ other: event.target.value === 'other' })}>
          <FormControlLabel value="me" label="Me" slotProps={option} control={<Radio size="small" sx={{ py: 0.5 }} />} />
          <FormControlLabel value="other" label="Somebody else" slotProps={option} control={<Radio size="small" sx={{ py: 0.5 }} />} />
        </RadioGroup>
      </FormControl>
      {other && <PersonPicker label="Whom it is for" required person={person} onChange={(next) => set({ person: next })} except={me.id} error={fault} />}
    </Stack>
  );
}
