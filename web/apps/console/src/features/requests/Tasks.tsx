/** What is done for a request, in the order of its plan, and what the caller may do about it. */
import { toProblem, type CatalogRequest, type Problem, type RequestTask } from '@itechsmart/api';
import { Box, Button, Stack, Typography } from '@mui/material';
import { useState } from 'react';
import { taskStates } from '#shared/catalog/states';
import { hasFailed, whose } from '#shared/catalog/tasks/taskWords';
import { useTaskChanges } from '#shared/catalog/tasks/useTaskChanges';
import { Why } from '#shared/catalog/tasks/Why';
import { useMe } from '#shared/session/useMe';
import { Quote } from '#shared/ui/Quote';
import { State } from '#shared/ui/State';
import { FormProblem } from '#shared/ui/states';
import { Time } from '#shared/ui/Time';
import { useToast } from '#shared/ui/toast';
import { GiveTask } from './GiveTask';

export function Tasks({ request }: { request: CatalogRequest }) {
  return (
    <Box component="ol" aria-label="Tasks" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 2 }}>
      {request.tasks.map((task) => (
        <Task key={task.key} request={request} task={task} />
      ))}
    </Box>
  );
}

function Task({ request, task }: { request: CatalogRequest; task: RequestTask }) {
  const { tone, word } = taskStates[task.state];
  return (
    <Box component="li" sx={{ minWidth: 0, '& + &': { borderTop: 1, borderColor: 'divider', pt: 2 } }}>
      <Stack direction="row" sx={{ gap: 1, justifyContent: 'space-between', alignItems: 'baseline' }}>
        <Typography variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere', minWidth: 0 }}>
          {task.name}
        </Typography>
        <State tone={tone}>{word}</State>
      </Stack>
      <Typography variant="caption" color="textSecondary" component="p" sx={{ overflowWrap: 'anywhere' }}>
        {whose(task)}
        {task.state === 'called' && task.due_at != null && (
          <>
            {' '}
            · answers until <Time>{task.due_at}</Time>
          </>
        )}
      </Typography>
      {task.reason != null && <Quote>{task.reason}</Quote>}
      {task.may_work && request.state === 'fulfilling' && <Actions request={request} task={task} />}
    </Box>
  );
}

function Actions({ request, task }: { request: CatalogRequest; task: RequestTask }) {
  const { complete, retry, assign } = useTaskChanges(request.id, task.key);
  const me = useMe();
  const [asked, setAsked] = useState<'fail' | 'skip' | 'give'>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const toast = useToast();
  const perform = async (act: () => Promise<unknown>, said: string) => {
    setProblem(null);
    try {
      await act();
      toast(said);
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  const failed = hasFailed(task);
  const begun = failed || task.state === 'open' || task.state === 'called';
  const busy = complete.isPending || retry.isPending || assign.isPending;
  const mine = task.assignee?.id === me.id;
  if (!begun && task.state !== 'waiting') return null;
  return (
    <Stack sx={{ gap: 1, mt: 1 }}>
      <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
        {begun && (
          <Button size="small" variant="contained" disabled={busy} onClick={() => void perform(() => complete.mutateAsync(undefined), 'Done.')}>
            Done
          </Button>
        )}
        {failed && (
          <Button size="small" variant="outlined" disabled={busy} onClick={() => void perform(() => retry.mutateAsync(undefined), 'Tried again.')}>
            Try again
          </Button>
        )}
        {task.state === 'open' && !mine && (
          <Button size="small" variant="outlined" disabled={busy} onClick={() => void perform(() => assign.mutateAsync(me.id), 'It is yours.')}>
            Take
          </Button>
        )}
        {task.state === 'open' && (
          <Button size="small" onClick={() => setAsked('give')}>
            Give to…
          </Button>
        )}
        {(task.state === 'open' || task.state === 'called') && (
          <Button size="small" color="error" onClick={() => setAsked('fail')}>
            Failed…
          </Button>
        )}
        <Button size="small" color="inherit" onClick={() => setAsked('skip')}>
          Pass over…
        </Button>
      </Stack>
      <FormProblem problem={problem} />
      {asked === 'give' && <GiveTask request={request} task={task} onClose={() => setAsked(undefined)} />}
      {(asked === 'fail' || asked === 'skip') && <Why request={request.id} task={task} act={asked} onClose={() => setAsked(undefined)} />}
    </Stack>
  );
}
