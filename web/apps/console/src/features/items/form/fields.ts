/** Steps of the form builder. What rules and stages ask of a field follows it. */
import type { Answer, Column, Comparison, Condition, Field, FieldKind, FieldType, FormOption, ItemContent, OptionsQuery } from '@itechsmart/api';
import { today } from '#shared/catalog/form/answers';
import { moved } from '#shared/ui/moved';
import { at, keyFor, unique, without } from '../content';

const TEXT_CHARS_MAX = 200;
const LONG_CHARS_MAX = 4_000;
const ROWS_MAX = 20;
export const FILE_BYTES_MAX = 25 * 1024 * 1024;
const LABEL_CHARS_MAX = 200;

/** What can be added. */
export const fieldTypes: readonly { type: FieldType; title: string; about: string }[] = [
  { type: 'text', title: 'Text', about: 'A line, or several' },
  { type: 'number', title: 'Number', about: 'Whole or with decimals' },
  { type: 'choice', title: 'One of several', about: 'One option' },
  { type: 'choices', title: 'Some of several', about: 'Any number of options' },
  { type: 'date', title: 'Date', about: 'A day' },
  { type: 'user', title: 'Person', about: 'Somebody of this tenant' },
  { type: 'files', title: 'Files', about: 'Uploaded by whoever asks' },
  { type: 'table', title: 'Table', about: 'Rows with columns of their own' },
];

export const typeTitle = (type: FieldType): string => fieldTypes.find((each) => each.type === type)?.title ?? type;

const twoOptions = (): FormOption[] => [
  { value: 'Option 1', label: 'Option 1' },
  { value: 'Option 2', label: 'Option 2' },
];

export function kindOf(type: FieldType): FieldKind {
  switch (type) {
    case 'text':
      return { type, is_long: false, chars_min: 0, chars_max: TEXT_CHARS_MAX };
    case 'number':
      return { type };
    case 'choice':
      return { type, options: twoOptions() };
    case 'choices':
      return { type, options: twoOptions(), min: 0, max: 2 };
    case 'date':
      return { type };
    case 'user':
      return { type };
    case 'files':
      return { type, bytes_max: FILE_BYTES_MAX, files_max: 1 };
    case 'table':
      return { type, columns: [newColumn([])], rows_min: 0, rows_max: ROWS_MAX };
  }
}

/** A text that may have several lines has room for them. */
export function withLines(kind: Extract<FieldKind, { type: 'text' }>, isLong: boolean): FieldKind {
  const chars_max = isLong ? Math.max(kind.chars_max, LONG_CHARS_MAX) : kind.chars_max;
  return { ...kind, is_long: isLong, chars_max };
}

/** Options of a query, or of its own again. */
export function withQuery<Kind extends Extract<FieldKind, { type: 'choice' | 'choices' }>>(kind: Kind, query: OptionsQuery | null): Kind {
  if (query === null) return { ...kind, query, options: kind.options.length === 0 ? twoOptions() : kind.options };
  return { ...kind, query, options: [] };
}

/** "application/pdf, image/*" → what a field takes; undefined where one of them is no media type. */
export function mediaTypes(text: string): string[] | undefined {
  const types = text.split(/[\s,;]+/).filter(Boolean).map((type) => type.toLowerCase());
  const fits = types.every((type) => /^[a-z]+\/(\*|[a-z0-9][a-z0-9.+-]*)$/.test(type));
  return fits ? [...new Set(types)] : undefined;
}

export function newColumn(columns: readonly Column[]): Column {
  const label = unique('Column', new Set(columns.map((column) => column.label)), ' ');
  return { key: keyFor(label, new Set(columns.map(({ key }) => key)), 'column'), label, help: '', kind: kindOf('text'), required: false };
}

export function relabelColumn(columns: readonly Column[], place: number, label: string, fixed: ReadonlySet<string>): Column[] {
  const taken = new Set(without(columns, place).map(({ key }) => key));
  return at(columns, place, (column) => ({ ...column, label, key: fixed.has(column.key) ? column.key : keyFor(label, taken, 'column') }));
}

const withFields = (content: ItemContent, fields: Field[]): ItemContent => ({ ...content, form: { fields } });

export function addField(content: ItemContent, type: FieldType): ItemContent {
  const { fields } = content.form;
  const taken = new Set(fields.map(({ key }) => key));
  const label = '';
  const field: Field = { key: keyFor(label, taken, 'field'), label, help: '', kind: kindOf(type), required: false };
  return withFields(content, [...fields, field]);
}

export function changeField(content: ItemContent, place: number, change: Partial<Field>): ItemContent {
  return withFields(content, at(content.form.fields, place, (field) => ({ ...field, ...change })));
}

export function moveField(content: ItemContent, from: number, to: number): ItemContent {
  return withFields(content, moved(content.form.fields, from, to));
}

export function duplicateField(content: ItemContent, place: number): ItemContent {
  const { fields } = content.form;
  const field = fields[place];
  if (field === undefined) return content;
  const label = `${field.label} (copy)`.slice(0, LABEL_CHARS_MAX);
  const copy = { ...field, label, key: keyFor(label, new Set(fields.map(({ key }) => key)), 'field') };
  return withFields(content, [...fields.slice(0, place + 1), copy, ...fields.slice(place + 1)]);
}

/** Takes a field away, and with it what others ask of it. */
export function removeField(content: ItemContent, place: number): ItemContent {
  const key = content.form.fields[place]?.key;
  const left = withFields(content, without(content.form.fields, place));
  return key === undefined ? left : conditions(following(left, key, null), (test) => (test.answer.field === key ? undefined : test));
}

/** Options that followed the answer to a field follow it under its new key, or nothing. */
function following(content: ItemContent, old: string, key: string | null): ItemContent {
  const follow = <Kind extends FieldKind>(kind: Kind): Kind => {
    if (kind.type === 'table') return { ...kind, columns: kind.columns.map((column) => ({ ...column, kind: follow(column.kind) })) };
    const query = 'query' in kind ? kind.query : undefined;
    return query?.source === 'list' && query.of === old ? { ...kind, query: { ...query, of: key } } : kind;
  };
  return withFields(content, content.form.fields.map((field) => ({ ...field, kind: follow(field.kind) })));
}

/** Whether other fields or stages ask for this one. */
export function isAskedFor(content: ItemContent, key: string): boolean {
  let found = false;
  conditions(content, (test) => {
    found ||= test.answer.field === key;
    return test;
  });
  return found;
}

/**
 * Names a field. Its key follows the label until it is published: from then on programs know it, and
 * it is in `fixed`.
 */
export function relabelField(content: ItemContent, place: number, label: string, fixed: ReadonlySet<string>): ItemContent {
  const { fields } = content.form;
  const old = fields[place]?.key;
  if (old === undefined) return content;
  const taken = new Set(without(fields, place).map(({ key }) => key));
  const key = fixed.has(old) ? old : keyFor(label, taken, 'field');
  const renamed = following(changeField(content, place, { label, key }), old, key);
  return conditions(renamed, (test) => (test.answer.field === old ? { answer: { ...test.answer, field: key } } : test));
}

/** Names an option; its value follows until it is published. */
export function relabelOption(content: ItemContent, place: number, option: number, label: string, fixed: ReadonlySet<string>): ItemContent {
  const field = content.form.fields[place];
  if (field === undefined || !('options' in field.kind)) return content;
  const { options } = field.kind;
  const old = options[option]?.value;
  if (old === undefined) return content;
  const next = relabelled(options, option, label, fixed);
  const value = next[option]?.value ?? old;
  const swap = (answer: Answer): Answer => {
    if ('choice' in answer) return answer.choice === old ? { choice: value } : answer;
    return 'choices' in answer ? { choices: answer.choices.map((one) => (one === old ? value : one)) } : answer;
  };
  const { prefill } = field;
  const begins = typeof prefill === 'object' && prefill !== null && 'value' in prefill ? { prefill: { value: swap(prefill.value) } } : {};
  const changed = changeField(content, place, { kind: { ...field.kind, options: next }, ...begins });
  return conditions(changed, (test) => {
    const { field: asked, is } = test.answer;
    if (asked !== field.key || typeof is !== 'object') return test;
    return { answer: { field: asked, is: swapped(is, old, value, swap) } };
  });
}

function swapped(is: Exclude<Comparison, string>, old: string, value: string, swap: (answer: Answer) => Answer): Comparison {
  if ('equals' in is) return { equals: swap(is.equals) };
  return 'includes' in is && is.includes === old ? { includes: value } : is;
}

/** Options with one named anew. */
export function relabelled(options: readonly FormOption[], place: number, label: string, fixed: ReadonlySet<string>): FormOption[] {
  const taken = new Set(without(options, place).map(({ value }) => value));
  return at(options, place, ({ value }) => ({ label, value: fixed.has(value) ? value : unique(label.trim() || 'Option', taken, ' ') }));
}

export function addOption(options: readonly FormOption[]): FormOption[] {
  const taken = new Set(options.flatMap(({ value, label }) => [value, label]));
  const label = unique(`Option ${options.length + 1}`, taken, ' ');
  return [...options, { value: label, label }];
}

/** Takes an option away, and with it what asks for it. */
export function removeOption(content: ItemContent, place: number, option: number): ItemContent {
  const field = content.form.fields[place];
  if (field === undefined || !('options' in field.kind)) return content;
  const gone = field.kind.options[option]?.value;
  const options = without(field.kind.options, option);
  const kind: FieldKind = field.kind.type === 'choices' ? { ...field.kind, options, max: Math.max(1, Math.min(field.kind.max, options.length)) } : { ...field.kind, options };
  const { prefill, ...rest } = field;
  const keeps = typeof prefill !== 'object' || prefill === null || !('value' in prefill) || !names(prefill.value, gone);
  const fields = at(content.form.fields, place, () => ({ ...rest, kind, ...(keeps && prefill !== undefined && { prefill }) }));
  return conditions(withFields(content, fields), (test) => {
    const { field: asked, is } = test.answer;
    if (asked !== field.key || typeof is !== 'object') return test;
    const asks = 'equals' in is ? names(is.equals, gone) : 'includes' in is && is.includes === gone;
    return asks ? undefined : test;
  });
}

function names(answer: Answer, option: string | undefined): boolean {
  if (option === undefined) return false;
  return ('choice' in answer && answer.choice === option) || ('choices' in answer && answer.choices.includes(option));
}

type AnswerCondition = Extract<Condition, { answer: unknown }>;

/** Every test of an answer, of fields and of stages, through `change`; those without a result go. */
function conditions(content: ItemContent, change: (test: AnswerCondition) => Condition | undefined): ItemContent {
  return {
    ...content,
    form: {
      fields: content.form.fields.map(({ show, require, ...field }) => {
        const [shown, required] = [show, require].map((one) => (one == null ? undefined : through(one, change)));
        return { ...field, ...(shown && { show: shown }), ...(required && { require: required }) };
      }),
    },
    approval: {
      stages: content.approval.stages.map(({ condition, ...stage }) => {
        const next = condition == null ? undefined : through(condition, change);
        return { ...stage, ...(next && { condition: next }) };
      }),
    },
  };
}

function through(condition: Condition, change: (test: AnswerCondition) => Condition | undefined): Condition | undefined {
  const several = (parts: readonly Condition[]) =>
    parts.map((part) => through(part, change)).filter((part): part is Condition => part !== undefined);
  if ('all' in condition) {
    const all = several(condition.all);
    return all.length > 1 ? { all } : all[0];
  }
  if ('any' in condition) {
    const any = several(condition.any);
    return any.length > 1 ? { any } : any[0];
  }
  if ('not' in condition) {
    const not = through(condition.not, change);
    return not && { not };
  }
  return 'answer' in condition ? change(condition) : condition;
}

/** Whether a field can begin with an answer: what a query offers is known once it is asked, and files are brought by whoever asks. */
export const takesAnswer = (kind: FieldKind): boolean => kind.type !== 'files' && !('query' in kind && kind.query != null);

/** An answer to begin with, to be changed. */
export function firstAnswer({ kind }: Field): Answer {
  switch (kind.type) {
    case 'number':
      return { number: kind.min ?? '0' };
    case 'choice':
      return { choice: kind.options[0]?.value ?? '' };
    case 'choices':
      return { choices: kind.options.slice(0, 1).map(({ value }) => value) };
    case 'date':
      return { date: today() };
    case 'user':
      return { user: '' };
    default:
      return { text: '' };
  }
}
