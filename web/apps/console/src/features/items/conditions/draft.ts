/**
 * Conditions as the editor shows them: tests in a row, of which all have to hold, or one. What is nested
 * deeper, which only programs write, is shown in words and kept as it is.
 */
import type { Answer, Comparison, Condition, Field } from '@itechsmart/api';

export interface Draft {
  join: 'all' | 'any';
  tests: Condition[];
}

export function parse(condition: Condition): Draft | undefined {
  const list = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [condition];
  if (!list.every(isTest)) return undefined;
  return { join: 'any' in condition ? 'any' : 'all', tests: list };
}

export function compose({ join, tests }: Draft): Condition | undefined {
  const [first, ...others] = tests;
  if (first === undefined || others.length === 0) return first;
  return join === 'all' ? { all: tests } : { any: tests };
}

/** A single test, or what is the contrary of one. */
function isTest(condition: Condition): boolean {
  const inner = 'not' in condition ? condition.not : condition;
  return !('all' in inner) && !('any' in inner) && !('not' in inner);
}

/** What a test asks for: the answer to a field, the price, or a group of the requester's. */
export type Subject = { field: string } | 'price' | 'group';

export function subjectOf(test: Condition): Subject | undefined {
  const inner = 'not' in test ? test.not : test;
  if ('price_above' in inner) return 'price';
  if ('requester_in' in inner) return 'group';
  return 'answer' in inner ? { field: inner.answer.field } : undefined;
}

export type Input = 'none' | 'option' | 'text' | 'number' | 'date' | 'group';

/** A way to test a subject, with at most one value. */
export interface Operator {
  id: string;
  words: string;
  input: Input;
  make: (value: string) => Condition;
  /** The value that it has in a test, if that is one of its. */
  read: (test: Condition) => string | undefined;
}

function contrary(operator: Operator, words: string): Operator {
  return {
    id: `not-${operator.id}`,
    words,
    input: operator.input,
    make: (value) => ({ not: operator.make(value) }),
    read: (test) => ('not' in test ? operator.read(test.not) : undefined),
  };
}

const priceAbove: Operator = {
  id: 'above',
  words: 'is above',
  input: 'number',
  make: (value) => ({ price_above: value }),
  read: (test) => ('price_above' in test ? test.price_above : undefined),
};

const inGroup: Operator = {
  id: 'in',
  words: 'is in the group',
  input: 'group',
  make: (value) => ({ requester_in: value }),
  read: (test) => ('requester_in' in test ? test.requester_in : undefined),
};

function comparing(field: string, id: string, words: string, input: Input, make: (value: string) => Comparison, read: (is: Comparison) => string | undefined): Operator {
  return {
    id,
    words,
    input,
    make: (value) => ({ answer: { field, is: make(value) } }),
    read: (test) => ('answer' in test && test.answer.field === field ? read(test.answer.is) : undefined),
  };
}

type Bound = 'above' | 'below' | 'after' | 'before' | 'includes';

function bound(field: string, id: Bound, words: string, input: Input): Operator {
  const make = (value: string) => ({ [id]: value }) as unknown as Comparison;
  return comparing(field, id, words, input, make, (is) =>
    typeof is === 'object' && id in is ? (is as Record<string, string>)[id] : undefined,
  );
}

function equal(field: string, type: 'text' | 'number' | 'choice' | 'date', input: Input): Operator {
  const make = (value: string) => ({ equals: { [type]: value } as unknown as Answer });
  return comparing(field, 'equals', 'is', input, make, (is) => {
    if (typeof is !== 'object' || !('equals' in is) || !(type in is.equals)) return undefined;
    return (is.equals as unknown as Record<string, string>)[type];
  });
}

/** The ways to test a field. Those of a stage are fewer: it compares answers by what they are. */
export function operatorsOf(field: Field, of: 'field' | 'stage'): Operator[] {
  const { key, kind } = field;
  const answered = comparing(key, 'answered', 'is answered', 'none', () => 'answered', (is) => (is === 'answered' ? '' : undefined));
  const always = of === 'field' ? [answered, contrary(answered, 'is not answered')] : [];
  const same = (operator: Operator) => [operator, contrary(operator, 'is not')];
  switch (kind.type) {
    case 'text':
      return [...same(equal(key, 'text', 'text')), ...always];
    case 'choice':
      // What a query offers is known once it is asked.
      return kind.query == null ? [...same(equal(key, 'choice', 'option')), ...always] : always;
    case 'choices': {
      if (kind.query != null) return always;
      const includes = bound(key, 'includes', 'includes', 'option');
      return of === 'field' ? [includes, contrary(includes, 'does not include'), ...always] : [];
    }
    case 'number': {
      const more = of === 'field' ? [bound(key, 'above', 'is above', 'number'), bound(key, 'below', 'is below', 'number')] : [];
      return [...more, ...same(equal(key, 'number', 'number')), ...always];
    }
    case 'date': {
      const more = of === 'field' ? [bound(key, 'after', 'is after', 'date'), bound(key, 'before', 'is before', 'date')] : [];
      return [...more, ...same(equal(key, 'date', 'date')), ...always];
    }
    default:
      return always;
  }
}

export function operators(subject: Subject, fields: readonly Field[], of: 'field' | 'stage'): Operator[] {
  if (subject === 'price') return [priceAbove, contrary(priceAbove, 'is at most')];
  if (subject === 'group') return [inGroup, contrary(inGroup, 'is not in the group')];
  const field = fields.find(({ key }) => key === subject.field);
  return field === undefined ? [] : operatorsOf(field, of);
}

/** How a test is made, if the editor can show it. */
export function reading(test: Condition, ways: readonly Operator[]): { operator: Operator; value: string } | undefined {
  for (const operator of ways) {
    const value = operator.read(test);
    if (value !== undefined) return { operator, value };
  }
  return undefined;
}
