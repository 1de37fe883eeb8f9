import type { Assignment, PlannedTask } from '@itechsmart/api';
import { Box, MenuItem, TextField } from '@mui/material';
import { useGroups } from '#shared/api/useGroups';
import { Choices } from '#shared/ui/Choices';
import { DurationField } from '#shared/forms/DurationField';
import { fixedTasks, type Editing } from '../editing';
import { groupOptions } from '../groupOptions';
import { changeTask, possibleBefore, renameTask, workOf } from './tasks';

const NAME_CHARS_MAX = 200;
const WITHIN_MINUTES_MAX = 30 * 1_440;

const assignments: Record<Assignment, string> = {
  group: 'Whoever of them takes it',
  round_robin: 'Each in turn',
  least_loaded: 'Whoever has least to do',
};

interface TaskEditorProps {
  editing: Editing;
  task: PlannedTask;
  at: number;
}

export function TaskEditor({ editing: { content, change, published, names }, task, at }: TaskEditorProps) {
  const { tasks } = content.tasks;
  const { work } = task;
  const groups = groupOptions(useGroups().data, names, 'people' in work && work.people.group_id !== '' ? [work.people.group_id] : []);
  const set = (part: Partial<PlannedTask>) => change((current) => changeTask(current, at, part));
  return (
    <>
      <TextField
        label="What is to be done"
        autoFocus={task.name === ''}
        autoComplete="off"
        value={task.name}
        onChange={(event) => change((current) => renameTask(current, at, event.target.value, fixedTasks(published)))}
        slotProps={{ htmlInput: { maxLength: NAME_CHARS_MAX } }}
      />
      <Choices
        label="Comes after"
        options={possibleBefore(tasks, task.key).map(({ key, name }) => ({ id: key, name: name.trim() || 'Unnamed task' }))}
        chosen={task.after ?? []}
        onChange={(after) => set({ after })}
        help="All of these have to be done before. Without any it begins at once."
      />
      <TextField
        select
        label="Done by"
        value={'people' in work ? 'people' : 'automation'}
        onChange={(event) => set({ work: workOf(event.target.value as 'people' | 'automation', groups[0]?.id ?? '') })}
      >
        <MenuItem value="people">People of a group</MenuItem>
        <MenuItem value="automation">Automation</MenuItem>
      </TextField>
      {'people' in work ? (
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
          <TextField
            select
            label="Group"
            required
            value={work.people.group_id}
            onChange={(event) => set({ work: { people: { ...work.people, group_id: event.target.value } } })}
          >
            {groups.map(({ id, name }) => (
              <MenuItem key={id} value={id}>
                {name}
              </MenuItem>
            ))}
          </TextField>
          <TextField
            select
            label="Falls to"
            value={work.people.assignment}
            onChange={(event) => set({ work: { people: { ...work.people, assignment: event.target.value as Assignment } } })}
          >
            {Object.entries(assignments).map(([value, words]) => (
              <MenuItem key={value} value={value}>
                {words}
              </MenuItem>
            ))}
          </TextField>
        </Box>
      ) : (
        <>
          <TextField
            label="Hook"
            required
            autoComplete="off"
            value={work.automation.hook}
            onChange={(event) => set({ work: { automation: { ...work.automation, hook: event.target.value } } })}
            helperText="The name by which the automation that answers knows it."
            slotProps={{ htmlInput: { maxLength: NAME_CHARS_MAX } }}
          />
          <DurationField
            label="Has to answer within"
            minutes={work.automation.within_minutes}
            max={WITHIN_MINUTES_MAX}
            onChange={(within_minutes) => set({ work: { automation: { ...work.automation, within_minutes } } })}
          />
        </>
      )}
    </>
  );
}
