/** The groups that work on tickets: of which tier, and how long a ticket may stay with them (OLA). */
import type { DeskGroup, NamedGroup } from '@itechsmart/api';
import { Alert, Box, IconButton, MenuItem, Stack, TextField, Tooltip, Typography } from '@mui/material';
import { Trash2, UsersRound } from 'lucide-react';
import { useGroups } from '#shared/api/useGroups';
import { GONE_GROUP, capital } from '#shared/catalog/words';
import { priorities, tiers } from '#shared/catalog/tickets';
import { DurationField } from '#shared/forms/DurationField';
import { span } from '#shared/format/span';
import { useCan } from '#shared/session/useMe';
import { Section } from '#shared/ui/Page';
import { Empty } from '#shared/ui/states';
import { Toggle } from '#shared/ui/Toggle';
import { MINUTE_MS, MINUTES_MAX, targetKeys, type LevelsProps } from './levels';

const OLA = { p1: 120, p2: 480, p3: 1_440, p4: 2_880 };

export function Groups({ levels: { groups }, onChange, writes, named }: LevelsProps & { named: readonly NamedGroup[] }) {
  const all = useGroups().data ?? [];
  const readsGroups = useCan()('hub.groups.read');
  const names = new Map([...named, ...all].map(({ id, name }) => [id, name ?? undefined]));
  const nameOf = (id: string) => names.get(id) ?? capital(GONE_GROUP);
  const free = all.filter(({ id }) => !groups.some(({ group_id }) => group_id === id));
  const change = (at: number, group: DeskGroup) => onChange({ groups: groups.map((old, index) => (index === at ? group : old)) });
  return (
    <Section title="Groups of the desk" about="Who works on tickets, tier by tier, and how long a ticket may stay with a group.">
      <Stack sx={{ gap: 1.5 }}>
        {groups.length === 0 && (
          <Empty icon={UsersRound} title="No group works on tickets yet">
            Tickets can be given to people all the same. For handing them over, a tier needs a group.
          </Empty>
        )}
        {groups.map((group, at) => (
          <One key={group.group_id} group={group} name={nameOf(group.group_id)} writes={writes} onChange={(next) => change(at, next)} onRemove={() => onChange({ groups: groups.filter((_, index) => index !== at) })} />
        ))}
        {writes && !readsGroups && <Alert severity="info">Your roles do not show the groups of this tenant, so none can be added here.</Alert>}
        {writes && readsGroups && (
          <TextField
            select
            label="Add a group"
            value=""
            disabled={free.length === 0}
            helperText={all.length === 0 ? 'There are no groups yet: they are made in Hub.' : free.length === 0 ? 'All groups are here.' : undefined}
            onChange={(event) => onChange({ groups: [...groups, { group_id: event.target.value, tier: 1 }] })}
            sx={{ maxWidth: 360 }}
          >
            {free.map(({ id, name }) => (
              <MenuItem key={id} value={id}>
                {name}
              </MenuItem>
            ))}
          </TextField>
        )}
      </Stack>
    </Section>
  );
}

interface OneProps {
  group: DeskGroup;
  name: string;
  writes: boolean;
  onChange: (group: DeskGroup) => void;
  onRemove: () => void;
}

function One({ group, name, writes, onChange, onRemove }: OneProps) {
  const { tier, target_minutes: targets } = group;
  return (
    <Box role="group" aria-label={name} sx={{ border: 1, borderColor: 'divider', borderRadius: 1, p: 1.5 }}>
      <Stack direction="row" sx={{ gap: 1.5, alignItems: 'center' }}>
        <Typography variant="body2" sx={{ fontWeight: 600, flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
          {name}
        </Typography>
        {writes ? (
          <>
            <TextField select label="Tier" value={tier} onChange={(event) => onChange({ ...group, tier: Number(event.target.value) })} sx={{ width: 110, flexShrink: 0 }}>
              {tiers.map((one) => (
                <MenuItem key={one} value={one}>
                  Tier {one}
                </MenuItem>
              ))}
            </TextField>
            <Tooltip title="Remove">
              <IconButton size="small" aria-label={`Remove ${name}`} onClick={onRemove}>
                <Trash2 size={16} aria-hidden />
              </IconButton>
            </Tooltip>
          </>
        ) : (
          <Typography variant="body2">Tier {tier}</Typography>
        )}
      </Stack>
      {writes && <Toggle label="A ticket may stay with it for so long (OLA)" on={targets != null} onChange={(on) => onChange({ ...group, target_minutes: on ? OLA : null })} />}
      {targets != null && (
        <Box sx={{ mt: 1.25, display: 'grid', gap: 1.5, gridTemplateColumns: { xs: '1fr', sm: 'repeat(2, minmax(0, 1fr))', xl: 'repeat(4, minmax(0, 1fr))' } }}>
          {priorities.map((priority) => {
            const key = targetKeys[priority];
            return writes ? (
              <DurationField ofCalendar key={priority} label={priority} minutes={targets[key]} max={MINUTES_MAX} onChange={(minutes) => onChange({ ...group, target_minutes: { ...targets, [key]: minutes } })} />
            ) : (
              <Typography key={priority} variant="body2">
                {priority}: {span(MINUTE_MS * targets[key])}
              </Typography>
            );
          })}
        </Box>
      )}
    </Box>
  );
}
