/** Whose a task is, and whether it stands still. */
import type { RequestTask } from '@itechsmart/api';
import { GONE_GROUP, GONE_PERSON, capital } from '#shared/catalog/words';

export function whose({ group, assignee }: Pick<RequestTask, 'group' | 'assignee'>): string {
  const of = group == null ? 'Automation' : (group.name ?? capital(GONE_GROUP));
  return assignee == null ? of : `${assignee.name ?? GONE_PERSON} · ${of}`;
}

/** Those after it wait until it is tried again, passed over or done. */
export function hasFailed({ state }: Pick<RequestTask, 'state'>): boolean {
  return state === 'failed' || state === 'timed_out';
}
