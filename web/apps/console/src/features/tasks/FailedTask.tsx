/** What can be done about a task that has failed; the rest stands on its request's page. */
import type { TaskSummary } from '@itechsmart/api';
import { Button } from '@mui/material';
import { useState } from 'react';
import { hasFailed } from '#shared/catalog/tasks/taskWords';
import { useTaskChanges } from '#shared/catalog/tasks/useTaskChanges';
import { Why } from '#shared/catalog/tasks/Why';
import { useToast } from '#shared/ui/toast';

export function FailedTask({ task }: { task: TaskSummary }) {
  const { retry } = useTaskChanges(task.request_id, task.key);
  const [skipping, setSkipping] = useState(false);
  const toast = useToast();
  if (!task.may_work || !hasFailed(task)) return null;
  const again = () => retry.mutate(undefined, { onSuccess: () => toast('Tried again.'), onError: ({ detail }) => toast(detail, 'error') });
  return (
    <>
      <Button size="small" loading={retry.isPending} aria-label={`Try ${task.name} of request ${task.request_number} again`} onClick={again}>
        Try again
      </Button>
      <Button size="small" color="inherit" aria-label={`Pass over ${task.name} of request ${task.request_number}`} onClick={() => setSkipping(true)}>
        Pass over…
      </Button>
      {skipping && <Why request={task.request_id} task={task} act="skip" onClose={() => setSkipping(false)} />}
    </>
  );
}
