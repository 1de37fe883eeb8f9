/** Who is asked: people by name, groups, and those who depend on the request. */
import type { Approver } from '@itechsmart/api';
import { Box, Checkbox, Chip, FormControlLabel, Stack, Typography } from '@mui/material';
import { useGroups } from '#shared/api/useGroups';
import { GONE_PERSON } from '#shared/catalog/words';
import { useCan } from '#shared/session/useMe';
import { Choices } from '#shared/ui/Choices';
import { PersonPicker } from '#shared/ui/PersonPicker';
import type { Editing } from '../editing';
import { groupOptions } from '../groupOptions';
import { joined, sorted, type Sorted } from './stages';

interface ApproversEditorProps {
  title: string;
  help?: string;
  editing: Editing;
  approvers: readonly Approver[];
  onChange: (approvers: Approver[]) => void;
}

export function ApproversEditor({ title, help, editing: { names, meet }, approvers, onChange }: ApproversEditorProps) {
  const groups = useGroups().data;
  const can = useCan();
  const all = sorted(approvers);
  const set = (part: Partial<Sorted>) => onChange(joined({ ...all, ...part }));
  const box = (label: string, name: 'manager' | 'owner') => (
    <FormControlLabel
      label={label}
      slotProps={{ typography: { variant: 'body2' } }}
      control={<Checkbox size="small" sx={{ py: 0.5 }} checked={all[name]} onChange={(_, on) => set({ [name]: on })} />}
    />
  );
  return (
    <Box role="group" aria-label={title}>
      <Typography variant="body2" color="textSecondary">
        {title}
        {help !== undefined && `: ${help.charAt(0).toLowerCase()}${help.slice(1)}`}
      </Typography>
      <Stack sx={{ mb: 1.25 }}>
        {box('The manager of the person it is for', 'manager')}
        {box('The owner of the cost centre', 'owner')}
      </Stack>
      <Stack sx={{ gap: 1.5 }}>
        {all.people.length > 0 && (
          <Stack direction="row" sx={{ gap: 0.75, flexWrap: 'wrap' }}>
            {all.people.map((id) => {
              const name = names.people.get(id) ?? GONE_PERSON;
              return <Chip key={id} size="medium" label={name} onDelete={() => set({ people: all.people.filter((one) => one !== id) })} />;
            })}
          </Stack>
        )}
        {can('hub.people.read') && (
          <PersonPicker
            // Empty again after each choice.
            key={all.people.join()}
            label="Add a person"
            person={null}
            onChange={(person) => {
              if (person === null || all.people.includes(person.id)) return;
              meet(person);
              set({ people: [...all.people, person.id] });
            }}
          />
        )}
        <Choices
          label="Groups"
          options={groupOptions(groups, names, all.groups)}
          chosen={all.groups}
          onChange={(next) => set({ groups: next })}
          help={can('hub.groups.read') ? 'Whoever is a member when the stage is asked.' : 'Choosing groups needs the permission hub.groups.read.'}
        />
      </Stack>
    </Box>
  );
}
