/** What an item asks for and does, in words. */
import type { Answer, ApprovalRule, Approver, Comparison, Condition, Field, Item } from '@itechsmart/api';
import { money } from '#shared/format/decimal';
import { civilDay } from '#shared/format/time';

/** What people and groups are called, by their ids. */
export interface Names {
  people: ReadonlyMap<string, string>;
  groups: ReadonlyMap<string, string>;
  /** What prices are in. */
  currency?: string | undefined;
}

export const GONE_PERSON = 'somebody who has left';
export const GONE_GROUP = 'a group that is gone';

export function namesOf({ people, groups }: Pick<Item, 'people' | 'groups'>): Names {
  return {
    people: new Map(people.map(({ id, name }) => [id, name ?? GONE_PERSON])),
    groups: new Map(groups.map(({ id, name }) => [id, name])),
  };
}

export function merged(...all: Names[]): Names {
  return {
    people: new Map(all.flatMap(({ people }) => [...people])),
    groups: new Map(all.flatMap(({ groups }) => [...groups])),
  };
}

export function approver(one: Approver, names: Names): string {
  if (one === 'manager') return 'the manager of the person it is for';
  if (one === 'cost_centre_owner') return 'the owner of the cost centre';
  if ('user' in one) return names.people.get(one.user) ?? GONE_PERSON;
  return `the group ${names.groups.get(one.group) ?? GONE_GROUP}`;
}

/** "Ada, Bob or Cyd" */
export function listed(words: readonly string[], last: 'and' | 'or'): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

export const ruleWords = (rule: ApprovalRule): string =>
  rule === 'any' ? 'One has to approve' : rule === 'all' ? 'All have to approve' : `${rule.quorum} have to approve`;

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What options of queries that were chosen are called. */
export type Labels = Record<string, string>;

/** An answer in one line. */
export function answerWords(answer: Answer, field: Pick<Field, 'kind'> | undefined, names: Names, labels: Labels = {}): string {
  const options = field !== undefined && 'options' in field.kind ? field.kind.options : [];
  const label = (value: string) => labels[value] ?? options.find((option) => option.value === value)?.label ?? value;
  if ('text' in answer) return answer.text;
  if ('number' in answer) return answer.number;
  if ('choice' in answer) return label(answer.choice);
  if ('choices' in answer) return answer.choices.map(label).join(', ');
  if ('date' in answer) return civilDay(answer.date);
  if ('files' in answer) return answer.files.map(({ id, name }) => name ?? id).join(', ');
  if ('user' in answer) return names.people.get(answer.user) ?? GONE_PERSON;
  return answer.table.length === 1 ? '1 row' : `${answer.table.length} rows`;
}

/** "Operating system is Linux and the price is above 1,000" */
export function conditionWords(condition: Condition, fields: readonly Field[], names: Names): string {
  const words = (part: Condition) => {
    const text = conditionWords(part, fields, names);
    return 'all' in part || 'any' in part ? `(${text})` : text;
  };
  if ('all' in condition) return condition.all.map(words).join(' and ') || 'always';
  if ('any' in condition) return condition.any.map(words).join(' or ') || 'never';
  if ('not' in condition) return negated(condition.not, fields, names) ?? `not ${words(condition.not)}`;
  if ('price_above' in condition) return `the price is above ${money(condition.price_above, names.currency)}`;
  if ('requester_in' in condition) return `the requester is in ${names.groups.get(condition.requester_in) ?? GONE_GROUP}`;
  const field = fields.find(({ key }) => key === condition.answer.field);
  return `“${field?.label ?? condition.answer.field}” ${comparisonWords(condition.answer.is, field, names)}`;
}

function negated(condition: Condition, fields: readonly Field[], names: Names): string | undefined {
  if ('price_above' in condition) return `the price is at most ${money(condition.price_above, names.currency)}`;
  if ('requester_in' in condition) return `the requester is not in ${names.groups.get(condition.requester_in) ?? GONE_GROUP}`;
  if (!('answer' in condition)) return undefined;
  const { is } = condition.answer;
  const field = fields.find(({ key }) => key === condition.answer.field);
  const subject = `“${field?.label ?? condition.answer.field}”`;
  if (is === 'answered') return `${subject} is not answered`;
  if ('equals' in is) return `${subject} is not ${answerWords(is.equals, field, names)}`;
  return 'includes' in is ? `${subject} does not include ${answerWords({ choice: is.includes }, field, names)}` : undefined;
}

function comparisonWords(is: Comparison, field: Field | undefined, names: Names): string {
  if (is === 'answered') return 'is answered';
  if ('equals' in is) return `is ${answerWords(is.equals, field, names)}`;
  if ('includes' in is) return `includes ${answerWords({ choice: is.includes }, field, names)}`;
  if ('above' in is) return `is above ${is.above}`;
  if ('below' in is) return `is below ${is.below}`;
  return 'after' in is ? `is after ${civilDay(is.after)}` : `is before ${civilDay(is.before)}`;
}
