/** What happened to a ticket, in words: what was said, and the rest. */
import type { FileReference, TicketEvent } from '@itechsmart/api';
import { GONE_GROUP, GONE_PERSON, capital, listed } from '#shared/catalog/words';
import { impacts, kindWord, levelWord, ticketState, urgencies } from '#shared/catalog/tickets';
import type { Tone } from '#shared/ui/State';
import type { Happening } from '#shared/ui/Timeline';
import { measureWords } from './clocks';
import { linkedWords } from './links';

/** Something that somebody wrote. */
export interface Said {
  number: number;
  at: string;
  who: string;
  /** Empty where only files were brought. */
  text: string;
  files: FileReference[];
  is_internal: boolean;
  /** A solution, or what was found at a hand-over. */
  about?: string;
  /** Whether the requester wrote it. */
  is_requester: boolean;
  /** Whether it can become a ticket of its own. */
  is_message: boolean;
}

type Record_ = Record<string, unknown>;

const record = (value: unknown): Record_ => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record_) : {});
const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** Whoever did it. The service itself has no id, and neither has a key. */
export function actor({ actor_id, actor_name }: Pick<TicketEvent, 'actor_id' | 'actor_name'>): string {
  if (actor_id != null) return actor_name === '' ? GONE_PERSON : actor_name;
  return actor_name === 'clocks' || actor_name === 'escalation' ? 'The service' : actor_name;
}

/** What came with an event. */
function filesOf(event: TicketEvent): FileReference[] {
  const { files } = record(event.detail);
  return (Array.isArray(files) ? files : []).map(record).map((file) => ({ id: text(file.file_id), name: text(file.name), media_type: text(file.media_type), bytes: Number(text(file.bytes)) }));
}

/** The conversation, the earliest first. */
export function conversation(events: readonly TicketEvent[], requester: string): Said[] {
  const said = events.flatMap((event): Said[] => {
    const files = filesOf(event);
    const base = { number: event.number, at: event.at, who: capital(actor(event)), text: event.text ?? '', files, is_requester: event.actor_id === requester, is_message: event.kind === 'replied' };
    // The description stands above the conversation.
    if (event.kind === 'created') return files.length === 0 ? [] : [{ ...base, text: '', is_internal: false, about: 'came with the ticket' }];
    if (event.kind === 'attached') return [{ ...base, is_internal: !event.is_public, about: 'attached' }];
    if (event.text == null || event.text === '') return [];
    if (event.kind === 'replied') return [{ ...base, is_internal: false }];
    if (event.kind === 'noted') return [{ ...base, is_internal: true }];
    if (event.kind === 'handed_over') return [{ ...base, is_internal: true, about: 'Hand-over: what was found' }];
    if (event.kind === 'took_in') return [{ ...base, is_internal: true, about: `Merged into this one: #${text(record(event.detail).number)}` }];
    if (event.kind === 'state_changed') return [{ ...base, is_internal: false, about: 'Solution' }];
    return event.kind === 'rated' ? [{ ...base, is_internal: false, about: `Rating: ${text(record(event.detail).score)} of 5` }] : [];
  });
  return said.sort((a, b) => a.number - b.number);
}

/** What the description was before somebody changed it. */
export interface Earlier {
  number: number;
  /** Until when, and who changed it then. */
  at: string;
  who: string;
  text: string;
}

/** The latest first. */
export function earlier(events: readonly TicketEvent[]): Earlier[] {
  const changed = events.filter(({ kind, detail }) => kind === 'changed' && 'description' in record(record(detail).after));
  return changed.map((event) => ({ number: event.number, at: event.at, who: actor(event), text: event.text ?? '' }));
}

/** Everything that happened, the latest first. What was said stands in the conversation. */
export function history(events: readonly TicketEvent[]): Happening[] {
  return events.map((event) => {
    const [what, tone] = happened(event);
    const reason = event.kind === 'escalated' && event.text != null ? event.text : undefined;
    return { at: event.at, text: what, tone, ...(reason !== undefined && { reason }) };
  });
}

function happened(event: TicketEvent): [string, Tone] {
  const who = capital(actor(event));
  const detail = record(event.detail);
  const [before, after] = [record(detail.before), record(detail.after)];
  switch (event.kind) {
    case 'created': {
      const from = text(record(detail.split_from).number);
      return [from === '' ? `${who} opened it` : `${who} split it off #${from}`, 'info'];
    }
    case 'merged':
      return [`${who} merged it into #${text(detail.number)}`, 'neutral'];
    case 'took_in':
      return [`${who} merged #${text(detail.number)} into it`, 'info'];
    case 'split_off':
      return [`${who} split #${text(detail.number)} off`, 'info'];
    case 'linked':
    case 'unlinked':
      return [`${who} ${linkedWords(detail, event.kind === 'linked')}`, detail.link === 'major_incident' ? 'warning' : 'neutral'];
    case 'changed':
      return [`${who} ${changes(before, after)}`, 'neutral'];
    case 'prioritised':
      return [`${who} made it ${text(after.priority)}${text(before.priority) === text(after.priority) ? '' : ` instead of ${text(before.priority)}`}: impact ${levelWord(impacts, text(after.impact)).toLowerCase()}, urgency ${levelWord(urgencies, text(after.urgency)).toLowerCase()}`, 'neutral'];
    case 'assigned':
      return [`${who} ${assigned(event, before, after)}`, 'neutral'];
    case 'handed_over':
      return [`${who} handed it over from tier ${text(before.tier)} to tier ${text(after.tier)}, ${groupOf(event, text(after.group_id))}`, 'warning'];
    case 'state_changed': {
      const state = ticketState(text(detail.after));
      return [`${who}: ${ticketState(text(detail.before)).word} → ${state.word}`, state.tone];
    }
    case 'replied':
      return [`${who} replied`, 'info'];
    case 'noted':
      return [`${who} added an internal note`, 'neutral'];
    case 'attached':
      return [`${who} attached ${listed(filesOf(event).map(({ name }) => `“${name}”`), 'and') || 'files'}`, 'neutral'];
    case 'clock_warned':
      return [`${clockOf(event, text(detail.clock))}: at risk`, 'warning'];
    case 'clock_breached':
      return [`${clockOf(event, text(detail.clock))}: breached`, 'error'];
    case 'escalated':
      return escalated(event, who, detail);
    case 'rated':
      return [`${who} rated it ${text(detail.score)} of 5`, 'neutral'];
    default:
      return [`${who}: ${event.kind.replaceAll('_', ' ')}`, 'neutral'];
  }
}

function changes(before: Record_, after: Record_): string {
  const tags = (value: unknown) => (Array.isArray(value) && value.length > 0 ? value.map(text).join(', ') : 'none');
  const parts = Object.keys(after).map((name) => {
    if (name === 'title') return `changed the title from “${text(before.title)}”`;
    if (name === 'kind') return `made it: ${kindWord(text(after.kind)).toLowerCase()}`;
    if (name === 'tags') return `changed the tags: ${tags(before.tags)} → ${tags(after.tags)}`;
    return `changed the ${name}`;
  });
  return listed(parts, 'and') || 'changed it';
}

const personOf = (event: TicketEvent, id: string) => event.people.find((one) => one.id === id)?.name ?? GONE_PERSON;
const groupOf = (event: TicketEvent, id: string) => event.groups.find((one) => one.id === id)?.name ?? GONE_GROUP;

function assigned(event: TicketEvent, before: Record_, after: Record_): string {
  const [person, group] = [text(after.assignee_id), text(after.group_id)];
  const took = person !== '' && person === event.actor_id;
  const whose = took ? 'took it' : person === '' ? '' : `gave it to ${personOf(event, person)}`;
  const of = group === text(before.group_id) ? '' : group === '' ? 'took it from its group' : `gave it to the group ${groupOf(event, group)}`;
  if (whose === '' && of === '') return 'gave it back: nobody has it';
  return listed([of, whose].filter(Boolean), 'and');
}

function clockOf(event: TicketEvent, clock: string): string {
  const [kind, id = ''] = clock.split(':');
  if (kind === 'tier') return measureWords({ tier: Number(id) }, new Map());
  if (kind === 'group') return measureWords({ group: id }, new Map([[id, groupOf(event, id)]]));
  return measureWords(kind === 'response' ? 'response' : 'resolution', new Map());
}

function escalated(event: TicketEvent, who: string, detail: Record_): [string, Tone] {
  const track = `${capital(text(detail.track))} escalation`;
  const level = Number(text(detail.level)) + 1;
  const people = Array.isArray(detail.user_ids) ? detail.user_ids.map((id) => personOf(event, text(id))) : [];
  const steps: Record<string, [string, Tone]> = {
    began: [`${track}: ${who} started it`, 'warning'],
    called: [`${track}: level ${level} is called${people.length === 0 ? '' : `, ${listed(people, 'and')}`}`, 'warning'],
    exhausted: [`${track}: all were called, and nobody answered`, 'error'],
    taken_back: [`${track}: ${who} took the answer back`, 'warning'],
    passed: [`${track}: ${who} passed it to the next level`, 'warning'],
    ended: [`${track}: ${who} ended it`, 'neutral'],
  };
  if (typeof detail.step === 'object') return [`${track}: ${who} takes care of it`, 'success'];
  return steps[text(detail.step)] ?? [track, 'neutral'];
}
