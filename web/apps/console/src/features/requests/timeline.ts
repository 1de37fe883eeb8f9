/** What happened to a request, in order, as its stages tell it. */
import type { CatalogRequest, RequestStage, RequestTask } from '@itechsmart/api';
import { GONE_PERSON, capital } from '#shared/catalog/words';
import type { Tone } from '#shared/ui/State';
import type { Happening } from '#shared/ui/Timeline';

const name = (person: { name?: string | null }) => person.name ?? GONE_PERSON;

export function timeline(request: CatalogRequest): Happening[] {
  const { requester, requested_for, stages, tasks, rating, state, ended_at, created_at } = request;
  const whom = requester.id === requested_for.id ? '' : ` for ${name(requested_for)}`;
  const asking: Happening = { at: created_at, text: `${capital(name(requester))} asked for it${whom}`, tone: 'neutral' };
  // Those of one instant stay in the order in which they follow from each other.
  const between = [...stages.flatMap(ofStage), ...tasks.flatMap(ofTask)].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  return [asking, ...between, ...(ended_at == null ? [] : [ending(state, ended_at)]), ...(rating == null ? [] : [rated(rating)])];
}

function ofTask(task: RequestTask): Happening[] {
  if (task.ended_at == null) return [];
  const by = task.ended_by == null ? '' : `, by ${name(task.ended_by)}`;
  const what: Partial<Record<RequestTask['state'], [string, Tone]>> = {
    done: ['done', 'success'],
    skipped: ['passed over', 'neutral'],
    failed: ['failed', 'error'],
    timed_out: ['automation did not answer in time', 'error'],
  };
  const [word, tone] = what[task.state] ?? [];
  if (word === undefined || tone === undefined) return [];
  return [{ at: task.ended_at, text: `${task.name}: ${word}${by}`, tone, ...(task.reason != null && { reason: task.reason }) }];
}

function rated({ score, comment, at }: NonNullable<CatalogRequest['rating']>): Happening {
  return { at, text: `Rated ${score} of 5`, tone: 'neutral', ...(comment !== '' && { reason: comment }) };
}

function ofStage(stage: RequestStage): Happening[] {
  const happened: Happening[] = [];
  const asked = stage.seats.filter(({ is_escalation }) => !is_escalation).map(({ person }) => name(person));
  const escalated = stage.seats.filter(({ is_escalation }) => is_escalation).map(({ person }) => name(person));
  if (stage.asked_at != null && asked.length > 0) {
    happened.push({ at: stage.asked_at, text: `${stage.name}: ${asked.join(', ')} ${asked.length === 1 ? 'was' : 'were'} asked`, tone: 'neutral' });
  }
  if (stage.escalated_at != null && escalated.length > 0) {
    happened.push({ at: stage.escalated_at, text: `${stage.name}: it passed to ${escalated.join(', ')}`, tone: 'warning' });
  }
  for (const { person, decision } of stage.seats) {
    if (decision == null) continue;
    const by = decision.by.id === person.id ? name(person) : `${name(decision.by)}, for ${name(person)},`;
    const approved = decision.verdict === 'approve';
    happened.push({
      at: decision.at,
      text: `${stage.name}: ${by} ${approved ? 'approved' : 'rejected'}`,
      tone: approved ? 'success' : 'error',
      ...(decision.reason !== '' && { reason: decision.reason }),
    });
  }
  return happened;
}

function ending(state: string, at: string): Happening {
  switch (state) {
    case 'rejected':
      return { at, text: 'The request was rejected', tone: 'error' };
    case 'failed':
      return { at, text: 'There was nobody to ask, so the request ended', tone: 'warning' };
    case 'cancelled':
      return { at, text: 'The request was taken back', tone: 'neutral' };
    default:
      return { at, text: 'All is done', tone: 'success' };
  }
}
