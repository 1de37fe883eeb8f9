/** A level of a ladder: whom it calls, and how long they have to answer. */
import type { EscalationLevel, NamedGroup, NamedPerson, Responder } from '@itechsmart/api';
import { Autocomplete, Box, IconButton, Stack, TextField, Tooltip, Typography } from '@mui/material';
import { Trash2 } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useGroups } from '#shared/api/useGroups';
import { usePeople } from '#shared/api/usePeople';
import { responderName } from '#shared/catalog/ladders';
import { listed } from '#shared/catalog/words';
import { DurationField } from '#shared/forms/DurationField';
import { duration } from '#shared/format/time';
import { MoveButtons } from '#shared/ui/MoveButtons';

/** A week. */
const ANSWER_MINUTES_MAX = 10_080;
const RESPONDERS_MAX = 20;

interface LevelProps {
  at: number;
  count: number;
  level: EscalationLevel;
  people: readonly NamedPerson[];
  groups: readonly NamedGroup[];
  writes: boolean;
  onChange: (level: EscalationLevel) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

export function Level({ at, count, level, people, groups, writes, onChange, onMove, onRemove }: LevelProps) {
  const name = `Level ${at + 1}`;
  if (!writes) {
    return (
      <Typography variant="body2">
        <b>{name}</b>: {listed(level.responders.map((one) => responderName(one, { people, groups })), 'and')}, with {duration(level.answer_minutes)} to answer
      </Typography>
    );
  }
  return (
    <Box role="group" aria-label={name} sx={{ border: 1, borderColor: 'divider', borderRadius: 1, p: 1.5 }}>
      <Stack direction="row" sx={{ justifyContent: 'space-between', alignItems: 'center', mb: 1 }}>
        <Typography variant="body2" sx={{ fontWeight: 600 }}>
          {name}
        </Typography>
        <Stack direction="row">
          <MoveButtons name={name} at={at} count={count} onMove={onMove} />
          <Tooltip title="Remove this level">
            <IconButton size="small" aria-label={`Remove ${name}`} onClick={onRemove}>
              <Trash2 size={16} aria-hidden />
            </IconButton>
          </Tooltip>
        </Stack>
      </Stack>
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: '1fr', md: 'minmax(0, 1.6fr) minmax(0, 1fr)' } }}>
        <Responders responders={level.responders} people={people} groups={groups} onChange={(responders) => onChange({ ...level, responders })} />
        <DurationField label="Has to answer within" minutes={level.answer_minutes} max={ANSWER_MINUTES_MAX} onChange={(answer_minutes) => onChange({ ...level, answer_minutes })} />
      </Box>
    </Box>
  );
}

interface Choice {
  responder: Responder;
  name: string;
  kind: 'Groups' | 'People';
}

const idOf = (responder: Responder) => ('user' in responder ? responder.user : responder.group);

interface RespondersProps {
  responders: readonly Responder[];
  people: readonly NamedPerson[];
  groups: readonly NamedGroup[];
  onChange: (responders: Responder[]) => void;
}

function Responders({ responders, people, groups, onChange }: RespondersProps) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<readonly Choice[]>([]);
  const search = useDeferredValue(typed.trim());
  const found = usePeople(search);
  const all = useGroups().data ?? [];
  const matching = all.filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  const options: Choice[] = [
    ...matching.map(({ id, name }): Choice => ({ responder: { group: id }, name, kind: 'Groups' })),
    ...(found.data?.items ?? []).map(({ id, name }): Choice => ({ responder: { user: id }, name, kind: 'People' })),
  ];
  const named = (responder: Responder): Choice => {
    const known = [...chosen, ...options].find((one) => idOf(one.responder) === idOf(responder));
    return known ?? { responder, name: responderName(responder, { people, groups }), kind: 'user' in responder ? 'People' : 'Groups' };
  };
  return (
    <Autocomplete
      multiple
      size="small"
      options={options}
      groupBy={({ kind }) => kind}
      filterOptions={(every) => every}
      filterSelectedOptions
      value={responders.map(named)}
      onChange={(_, next) => {
        setChosen(next);
        onChange(next.slice(0, RESPONDERS_MAX).map(({ responder }) => responder));
      }}
      onInputChange={(_, text) => setTyped(text)}
      getOptionLabel={({ name }) => name}
      getOptionKey={({ responder }) => idOf(responder)}
      isOptionEqualToValue={(one, other) => idOf(one.responder) === idOf(other.responder)}
      noOptionsText="Nobody, and no group, has that name"
      renderInput={(props) => <TextField {...props} label="Calls" error={responders.length === 0} helperText={responders.length === 0 ? 'Name at least one person or group.' : undefined} />}
    />
  );
}
