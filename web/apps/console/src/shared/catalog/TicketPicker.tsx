/** One ticket, found by its number or by words of it. */
import type { Page, Problem, TicketSummary } from '@itechsmart/api';
import { Autocomplete, TextField, Typography } from '@mui/material';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { catalog } from '#shared/session/session';
import { useSettled } from '#shared/ui/useSettled';
import { ticketState } from './tickets';

export type PickedTicket = Pick<TicketSummary, 'id' | 'number' | 'title' | 'state' | 'priority' | 'requester'>;

interface TicketPickerProps {
  label: string;
  ticket: PickedTicket | null;
  onChange: (ticket: PickedTicket | null) => void;
  /** Those that cannot be chosen. */
  except?: readonly string[];
  /** Those alone that are not done. */
  open?: boolean;
  autoFocus?: boolean;
  help?: string | undefined;
  error?: string | undefined;
}

const FOUND_MAX = 20;
const TEXT_CHARS_MAX = 200;
const name = ({ number, title }: PickedTicket) => `#${number} · ${title}`;

function useFound(typed: string, open: boolean) {
  const text = useSettled(typed).trim().replace(/^#/, '').slice(0, TEXT_CHARS_MAX);
  return useQuery<Page<TicketSummary>, Problem>({
    queryKey: ['catalog.tickets', 'picked', text, open],
    queryFn: ({ signal }) => catalog.get<Page<TicketSummary>>('/tickets', { limit: FOUND_MAX, text: text || undefined, is_open: open ? 'true' : undefined, sort: text === '' ? 'updated' : 'relevance' }, signal),
    placeholderData: keepPreviousData,
  });
}

export function TicketPicker({ label, ticket, onChange, except = [], open = false, autoFocus = false, help, error }: TicketPickerProps) {
  const [typed, setTyped] = useState('');
  const found = useFound(ticket !== null && typed === name(ticket) ? '' : typed, open);
  const options: PickedTicket[] = (found.data?.items ?? []).filter(({ id }) => !except.includes(id));
  return (
    <Autocomplete
      size="small"
      fullWidth
      options={options}
      loading={found.isFetching}
      noOptionsText={found.error === null ? 'No ticket has this number, or these words' : found.error.message}
      value={ticket}
      onChange={(_, next) => onChange(next)}
      onInputChange={(_, text) => setTyped(text)}
      filterOptions={(all) => all}
      getOptionLabel={name}
      isOptionEqualToValue={(one, other) => one.id === other.id}
      renderOption={(props, option) => (
        <li {...props} key={option.id}>
          <span>
            {name(option)}
            <Typography component="span" variant="body2" color="textSecondary" sx={{ display: 'block' }}>
              {option.priority} · {ticketState(option.state).word} · {option.requester.name ?? 'somebody who has left'}
            </Typography>
          </span>
        </li>
      )}
      renderInput={(props) => <TextField {...props} label={label} autoFocus={autoFocus} placeholder="Number or words" error={error !== undefined} helperText={error ?? help} />}
    />
  );
}
