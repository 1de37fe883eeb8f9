/** A major incident's timeline in words. */
import type { MajorIncidentLead, TimelineEntry, UpdateAudience } from '@itechsmart/api';
import { incidentState, roleTitle } from '#shared/catalog/incidents';
import { componentState } from '#shared/catalog/status';
import { words } from '#shared/format/text';
import type { Tone } from '#shared/ui/State';

type Detail = Record<string, unknown>;

const record = (value: unknown): Detail => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Detail) : {});
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

export const audiences: Record<UpdateAudience, { title: string; about: string }> = {
  internal: { title: 'Internal', about: 'Only those read it who see major incidents. Nobody is told.' },
  requesters: { title: 'For requesters', about: 'All whose tickets are part of it, and who follow these, read it on their tickets, and are told.' },
  public: { title: 'Public', about: 'It is for everybody, on the status page. Whoever is affected is told, too.' },
};

export const audienceTitle = (audience: string): string => audiences[audience as UpdateAudience]?.title ?? words(audience);

/** By when it happened, the latest first. */
export function byTime(entries: readonly TimelineEntry[]): TimelineEntry[] {
  return [...entries].sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.number - a.number);
}

/** What an entry says happened. Who leads by now is known by name, and nobody else. */
export function happened(entry: Pick<TimelineEntry, 'kind' | 'detail' | 'actor_name' | 'audience'>, leads: readonly MajorIncidentLead[]): [string, Tone] {
  const detail = record(entry.detail);
  const who = entry.actor_name === '' ? 'Somebody who has left' : entry.actor_name;
  switch (entry.kind) {
    case 'declared':
      return [`${who} declared it a major incident`, 'error'];
    case 'role_assigned': {
      const role = roleTitle(text(detail.role)).toLowerCase();
      const [before, after] = [text(detail.before), text(detail.after)];
      if (after === '') return [`${who}: nobody is ${role} any more`, 'neutral'];
      const name = leads.find(({ person }) => person.id === after)?.person.name;
      const verb = before === '' ? 'named' : 'handed over:';
      return [before === '' ? `${who} ${verb} ${name ?? 'somebody'} ${role}` : `${who} ${verb} ${name ?? 'somebody else'} is ${role}`, 'info'];
    }
    case 'state_changed': {
      const state = incidentState(text(detail.after));
      return [`${who}: ${incidentState(text(detail.before)).word} → ${state.word}`, state.tone];
    }
    case 'noted':
      return [who, 'neutral'];
    case 'updated':
      return [`${who}: status update`, 'info'];
    case 'ticket_linked':
      return [`${who} made #${text(detail.number)} part of it`, 'neutral'];
    case 'ticket_unlinked':
      return [`${who} took #${text(detail.number)} out of it`, 'neutral'];
    case 'published':
      return [`${who} ${published(record(detail.before), record(detail.after))}`, 'info'];
    case 'review_published':
      return [`${who} published the review`, 'success'];
    default:
      return [`${who}: ${entry.kind.replaceAll('_', ' ')}`, 'neutral'];
  }
}

/** What everybody reads of it now, as far as that has changed. */
function published(before: Detail, after: Detail): string {
  const title = text(after.public_title);
  if (title !== text(before.public_title)) return title === '' ? 'took it off the status page' : `called it “${title}” on the status page`;
  const named = Object.entries(record(after.components)).map(([name, impact]) => `${name}: ${componentState(text(impact)).word.toLowerCase()}`);
  return `said what it affects: ${named.length === 0 ? 'nothing' : named.join(', ')}`;
}
