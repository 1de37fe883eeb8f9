/** Conditions on answers, as the server decides them. */
import type { Answer, Comparison, Condition } from '@itechsmart/api';
import { millionths } from '#shared/format/decimal';

type Test = Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown }>;

export function holds(condition: Condition, test: (test: Test) => boolean): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, test));
  if ('any' in condition) return condition.any.some((part) => holds(part, test));
  if ('not' in condition) return !holds(condition.not, test);
  return test(condition);
}

/** The fields that a condition asks for. */
export function fieldsOf(condition: Condition): string[] {
  if ('all' in condition) return condition.all.flatMap(fieldsOf);
  if ('any' in condition) return condition.any.flatMap(fieldsOf);
  if ('not' in condition) return fieldsOf(condition.not);
  return 'answer' in condition ? [condition.answer.field] : [];
}

/** Whether an answer says nothing, which is the same as none. */
export function isEmpty(answer: Answer | undefined): boolean {
  if (answer === undefined) return true;
  if ('text' in answer) return answer.text.trim() === '';
  if ('number' in answer) return answer.number.trim() === '';
  if ('choice' in answer) return answer.choice === '';
  if ('choices' in answer) return answer.choices.length === 0;
  if ('date' in answer) return answer.date === '';
  if ('user' in answer) return answer.user === '';
  if ('files' in answer) return answer.files.length === 0;
  return answer.table.length === 0;
}

/** What is not answered passes no test. */
export function passes(is: Comparison, answer: Answer | undefined): boolean {
  if (answer === undefined || isEmpty(answer)) return false;
  if (is === 'answered') return true;
  if ('equals' in is) return same(is.equals, answer);
  if ('includes' in is) return 'choices' in answer && answer.choices.includes(is.includes);
  if ('above' in is) return compared(answer, is.above, (a, b) => a > b);
  if ('below' in is) return compared(answer, is.below, (a, b) => a < b);
  if ('after' in is) return 'date' in answer && answer.date > is.after;
  return 'date' in answer && answer.date < is.before;
}

function compared(answer: Answer, bound: string, by: (a: bigint, b: bigint) => boolean): boolean {
  if (!('number' in answer)) return false;
  const [a, b] = [millionths(answer.number), millionths(bound)];
  return a !== undefined && b !== undefined && by(a, b);
}

function same(a: Answer, b: Answer): boolean {
  if ('text' in a && 'text' in b) return a.text.trim() === b.text.trim();
  if ('number' in a && 'number' in b) return millionths(a.number) === millionths(b.number);
  if ('choice' in a && 'choice' in b) return a.choice === b.choice;
  if ('choices' in a && 'choices' in b) {
    return a.choices.length === b.choices.length && a.choices.every((one, at) => one === b.choices[at]);
  }
  if ('date' in a && 'date' in b) return a.date === b.date;
  return 'user' in a && 'user' in b && a.user === b.user;
}
