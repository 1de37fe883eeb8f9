/** What is to be done once a request is approved, by whom, and what comes before what. */
import { Alert, Box, Button, Typography } from '@mui/material';
import { ListTodo, Plus } from 'lucide-react';
import { useState } from 'react';
import { NextSteps } from '#shared/catalog/NextSteps';
import { listed } from '#shared/catalog/words';
import { moved } from '#shared/ui/moved';
import { Section } from '#shared/ui/Page';
import type { Editing } from '../editing';
import { EditorCard } from '../EditorCard';
import { TaskEditor } from './TaskEditor';
import { addTask, moveTask, removeTask } from './tasks';

const TASKS_MAX = 200;

export function TasksEditor({ editing }: { editing: Editing }) {
  const { content, change, names, fault } = editing;
  const { tasks } = content.tasks;
  const [open, setOpen] = useState<number>();
  const overall = fault('/tasks');
  const placed = tasks.some((_, at) => fault(`/tasks/tasks/${at}`) !== undefined);
  const title = (key: string) => tasks.find((task) => task.key === key)?.name.trim() || 'an unnamed task';
  const add = (
    <Button
      variant="outlined"
      startIcon={<Plus size={15} aria-hidden />}
      disabled={tasks.length >= TASKS_MAX}
      onClick={() => {
        change(addTask);
        setOpen(tasks.length);
      }}
    >
      Add a task
    </Button>
  );
  return (
    <Box sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' } }}>
      <Section title="Tasks" about="Those that come after none begin at once, side by side." actions={add}>
        {overall !== undefined && !placed && (
          <Alert severity="error" sx={{ mb: 1.5 }}>
            {overall}
          </Alert>
        )}
        {tasks.length === 0 && (
          <Typography variant="body2" color="textSecondary" sx={{ py: 2 }}>
            Without a task, a request is done once it is approved.
          </Typography>
        )}
        <Box component="ol" aria-label="Tasks" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}>
          {tasks.map((task, at) => {
            const after = (task.after ?? []).map(title);
            return (
              <EditorCard
                key={at}
                icon={ListTodo}
                title={task.name.trim() || 'Unnamed task'}
                about={after.length === 0 ? 'At once' : `After ${listed(after, 'and')}`}
                at={at}
                count={tasks.length}
                open={open === at}
                fault={fault(`/tasks/tasks/${at}`)}
                onOpen={(on) => setOpen(on ? at : undefined)}
                onMove={(to) => {
                  change((current) => moveTask(current, at, to));
                  setOpen((current) => (current === undefined ? undefined : moved([...tasks.keys()], at, to).indexOf(current)));
                }}
                onRemove={() => {
                  change((current) => removeTask(current, at));
                  setOpen(undefined);
                }}
              >
                <TaskEditor editing={editing} task={task} at={at} />
              </EditorCard>
            );
          })}
        </Box>
      </Section>
      <Section title="What whoever asks sees">
        <NextSteps content={content} names={names} />
      </Section>
    </Box>
  );
}
