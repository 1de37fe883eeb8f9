/**
 * What a form asks for, given what is answered so far. The server decides; this says the same while
 * somebody types, so that they need not send a form to learn what is missing.
 */
import type { Answer, Answers, Column, DateBound, Field, FieldKind, Form, Row } from '@itechsmart/api';
import { millionths } from '#shared/format/decimal';
import { count } from '#shared/format/text';
import { civilDay } from '#shared/format/time';
import { holds, isEmpty, passes } from './conditions';
import { presetOf } from './patterns';

export interface Context {
  /** Who asks. */
  requester: string;
  /** Such as `2026-02-28`. */
  today: string;
  /** What is answered, where it is: while a form is built it is nowhere. */
  item?: { id: string; version: number };
}

export interface Asked {
  field: Field;
  shown: boolean;
  required: boolean;
}

/** By `field`, or `field/row/column`. */
export type Faults = Record<string, string>;

/** The server's day. */
export const today = (): string => new Date().toISOString().slice(0, 10);

export function daysAfter(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return Number.isNaN(date.getTime()) ? day : date.toISOString().slice(0, 10);
}

/** What a field begins with. */
export function beginning({ prefill }: Field, { requester, today: day }: Context): Answer | undefined {
  if (prefill == null) return undefined;
  if (prefill === 'requester') return { user: requester };
  return 'value' in prefill ? prefill.value : { date: daysAfter(day, prefill.days_from_today) };
}

/** What a whole form begins with. */
export function beginnings(form: Form, context: Context): Answers {
  const begun = form.fields.map((field) => [field.key, beginning(field, context)] as const);
  return Object.fromEntries(begun.filter((pair): pair is [string, Answer] => pair[1] !== undefined));
}

/** Which fields are shown and required. What is not shown counts as not answered. */
export function asked(form: Form, answers: Answers): Asked[] {
  const fields = new Map(form.fields.map((field) => [field.key, field]));
  const known = new Map<string, boolean>();
  const isShown = (key: string): boolean => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const field = fields.get(key);
    if (field === undefined) return false;
    // The server refuses a form that goes round in circles; a draft may for a moment.
    known.set(key, false);
    const shown = field.show == null || meets(field.show);
    known.set(key, shown);
    return shown;
  };
  const meets = (condition: NonNullable<Field['show']>) =>
    holds(condition, (test) => {
      if (!('answer' in test)) return false;
      const { field, is } = test.answer;
      return isShown(field) && passes(is, answers[field]);
    });
  return form.fields.map((field) => {
    const shown = isShown(field.key);
    const required = field.required === true || (field.require != null && meets(field.require));
    return { field, shown, required: shown && required };
  });
}

/** What is wrong with answers, as far as that can be known here. */
export function faults(form: Form, answers: Answers, context: Context): Faults {
  const found: Faults = {};
  for (const { field, shown, required } of asked(form, answers)) {
    if (!shown) continue;
    const answer = answers[field.key];
    if (field.kind.type === 'table') {
      const rows = answer !== undefined && 'table' in answer ? answer.table : [];
      Object.assign(found, ofTable(field.key, field.kind, rows, required, context));
      continue;
    }
    const fault = ofOne(field.kind, answer, required, context);
    if (fault !== undefined) found[field.key] = fault;
  }
  return found;
}

function ofOne(kind: FieldKind, answer: Answer | undefined, required: boolean, context: Context): string | undefined {
  if (answer === undefined || isEmpty(answer)) return required ? 'This has to be answered.' : undefined;
  if (kind.type === 'text' && 'text' in answer) return ofText(kind, answer.text.trim());
  if (kind.type === 'number' && 'number' in answer) return ofNumber(kind, answer.number);
  if (kind.type === 'choices' && 'choices' in answer) return within(answer.choices.length, kind.min ?? 0, kind.max, 'option');
  if (kind.type === 'date' && 'date' in answer) return ofDate(kind, answer.date, context.today);
  return undefined;
}

function ofText(kind: Extract<FieldKind, { type: 'text' }>, text: string): string | undefined {
  const chars = Array.from(text).length;
  const min = kind.chars_min ?? 0;
  if (chars < min) return `Write at least ${count(min, 'character')}: there are ${chars}.`;
  if (chars > kind.chars_max) return `Write at most ${count(kind.chars_max, 'character')}: there are ${chars}.`;
  // Only patterns of ours: those of others the server matches, in linear time.
  const preset = presetOf(kind.pattern);
  return preset === undefined || preset.matches(text) ? undefined : kind.pattern?.hint;
}

function ofNumber(kind: Extract<FieldKind, { type: 'number' }>, text: string): string | undefined {
  const number = millionths(text);
  if (number === undefined) return 'Write a number such as 12 or 0.5.';
  const [min, max, step] = [kind.min, kind.max, kind.step].map((bound) => (bound == null ? undefined : millionths(bound)));
  if (min !== undefined && number < min) return `The least is ${kind.min}.`;
  if (max !== undefined && number > max) return `The most is ${kind.max}.`;
  if (step !== undefined && step > 0n && (number - (min ?? 0n)) % step !== 0n) {
    return step === 1_000_000n ? 'Write a whole number.' : `Go in steps of ${kind.step}.`;
  }
  return undefined;
}

export function boundOf(bound: DateBound | null | undefined, day: string): string | undefined {
  if (bound == null) return undefined;
  return 'on' in bound ? bound.on : daysAfter(day, bound.days_from_today);
}

function ofDate(kind: Extract<FieldKind, { type: 'date' }>, date: string, day: string): string | undefined {
  const [earliest, latest] = [boundOf(kind.earliest, day), boundOf(kind.latest, day)];
  if (earliest !== undefined && date < earliest) return `The earliest is ${civilDay(earliest)}.`;
  if (latest !== undefined && date > latest) return `The latest is ${civilDay(latest)}.`;
  return undefined;
}

function within(number: number, min: number, max: number, what: string): string | undefined {
  if (number < min) return `Choose at least ${count(min, what)}.`;
  return number > max ? `Choose at most ${count(max, what)}.` : undefined;
}

export const isBlank = (row: Row): boolean => Object.values(row).every(isEmpty);

function ofTable(
  key: string,
  kind: Extract<FieldKind, { type: 'table' }>,
  rows: readonly Row[],
  required: boolean,
  context: Context,
): Faults {
  const found: Faults = {};
  const filled = rows.filter((row) => !isBlank(row)).length;
  const min = kind.rows_min ?? 0;
  if (filled === 0 && required) found[key] = 'At least one row is needed.';
  else if (filled > 0 && filled < min) found[key] = `At least ${count(min, 'row')} are needed.`;
  else if (filled > kind.rows_max) found[key] = `At most ${count(kind.rows_max, 'row')} are taken.`;
  rows.forEach((row, at) => {
    if (isBlank(row)) return;
    for (const column of kind.columns) {
      const fault = ofOne(column.kind, row[column.key], column.required === true, context);
      if (fault !== undefined) found[`${key}/${at}/${column.key}`] = fault;
    }
  });
  return found;
}

/** Kinds whose answers cannot be sent empty: without one, the server takes what the field begins with. */
export function fillsItself(field: Field): boolean {
  return field.prefill != null && ['number', 'date', 'user'].includes(field.kind.type);
}

/** What options follow that are of another field's answer; empty where it is not answered. */
export function optionsOf(kind: FieldKind, answers: Answers): string | undefined {
  const query = 'query' in kind ? kind.query : undefined;
  if (query == null || query.source !== 'list' || query.of == null) return undefined;
  const answer = answers[query.of];
  if (answer === undefined || isEmpty(answer)) return '';
  if ('choice' in answer) return answer.choice;
  if ('text' in answer) return answer.text.trim();
  if ('number' in answer) return answer.number;
  return 'user' in answer ? answer.user : '';
}

/** Answers without those whose options followed another one. */
export function withoutFollowers(form: Form, answers: Answers, key: string): Answers {
  const follows = ({ kind }: Field) => 'query' in kind && kind.query?.source === 'list' && kind.query.of === key;
  const gone = new Set(form.fields.filter(follows).map((field) => field.key));
  return Object.fromEntries(Object.entries(answers).filter(([name]) => !gone.has(name)));
}

/** What is sent: answers to what is shown, as the server reads them. */
export function toSend(form: Form, answers: Answers): Answers {
  const sent: Answers = {};
  for (const { field, shown } of asked(form, answers)) {
    const answer = answers[field.key];
    if (!shown || answer === undefined) continue;
    if (isEmpty(answer)) {
      // An empty one says that what the field begins with is not wanted.
      if (field.prefill != null && !fillsItself(field)) sent[field.key] = answer;
      continue;
    }
    sent[field.key] = 'table' in answer && field.kind.type === 'table' ? { table: rowsToSend(answer.table, field.kind.columns) } : cleaned(answer);
  }
  return sent;
}

const cleaned = (answer: Answer): Answer => ('number' in answer ? { number: answer.number.trim() } : answer);

/** With blank rows, so that what the server says of a row is said of the one that is shown. */
function rowsToSend(rows: readonly Row[], columns: readonly Column[]): Row[] {
  return rows.map((row) => {
    const cells = columns.map(({ key }) => [key, row[key]] as const);
    return Object.fromEntries(cells.filter((cell): cell is [string, Answer] => !isEmpty(cell[1])).map(([key, cell]) => [key, cleaned(cell)]));
  });
}

/** Where the server's faults belong: `/answers/hosts/table/0/name` is `hosts/0/name`. */
export function placeOf(pointer: string): string | undefined {
  const match = /^\/answers\/([^/]+)(?:\/table)?(?:\/(\d+)(?:\/([^/]+))?)?(?:\/files\/\d+)?$/.exec(pointer);
  if (match === null) return undefined;
  const [, field = '', row, column] = match;
  return row === undefined || column === undefined ? field : `${field}/${row}/${column}`;
}
