/** Whose requests: those that somebody made, or that are for them. */
import type { NamedUser, RequestSummary } from '@itechsmart/api';
import { Box } from '@mui/material';
import { useState } from 'react';
import { PersonPicker } from '#shared/ui/PersonPicker';

interface PersonFilterProps {
  id: string;
  onChange: (id: string) => void;
  /** Where a name is found that the address does not have. */
  requests: readonly RequestSummary[] | undefined;
}

export function PersonFilter({ id, onChange, requests = [] }: PersonFilterProps) {
  const [known, setKnown] = useState<NamedUser | null>(null);
  const named = requests.flatMap(({ requester, requested_for }) => [requester, requested_for]).find((one) => one.id === id);
  const person = known?.id === id ? known : { id, name: named?.name ?? 'Somebody' };
  return (
    <Box sx={{ width: { xs: '100%', sm: 220 } }}>
      <PersonPicker
        label="By or for"
        person={id === '' ? null : person}
        onChange={(next) => {
          setKnown(next);
          onChange(next?.id ?? '');
        }}
      />
    </Box>
  );
}
