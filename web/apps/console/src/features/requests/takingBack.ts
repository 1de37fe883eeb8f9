/** What happens when a request is taken back, as it stands. */
import type { CatalogRequest } from '@itechsmart/api';

export function takingBack({ state, tasks, bundle }: Pick<CatalogRequest, 'state' | 'tasks' | 'bundle'>): string {
  const said: string[] = [];
  if (state === 'fulfilling') {
    const done = tasks.some((task) => task.state === 'done');
    said.push('It is approved, and being done. Tasks that are not done are given up, and nobody can work on them any more.');
    if (tasks.some((task) => task.state === 'called')) said.push('Automation that is at work is not stopped, but its answer does not count any more.');
    if (done) said.push('What is done already stays done: nothing undoes it.');
  } else {
    said.push('Nobody is asked about it any more, and none of it is done.');
  }
  said.push('What was decided so far stays in the trail.');
  if (bundle != null && bundle.others.length > 0) said.push('What was asked for together with it goes on.');
  return said.join(' ');
}
