/** The answers to a form while they are given, and what is wrong with them. */
import type { Answer, Answers, Form, NamedUser, Problem } from '@itechsmart/api';
import { useState } from 'react';
import { sentence } from '#shared/format/text';
import { omit } from '#shared/omit';
import { beginnings, faults, placeOf, toSend, withoutFollowers, type Context, type Faults } from './answers';

export interface Answering {
  form: Form;
  context: Context;
  answers: Answers;
  set: (key: string, answer: Answer | undefined) => void;
  /** Says of a place that its answer is on its way, or is not any more. */
  hold: (place: string, busy: boolean) => void;
  /** What people are called who were chosen here. */
  people: ReadonlyMap<string, string>;
  meet: (person: NamedUser) => void;
  faults: Faults;
  /** Whether all is well, as far as that can be known here; shows what is not. */
  check: () => boolean;
  /** Shows what the server found at the fields; gives back what belongs to none of them. */
  take: (problem: Problem) => Problem | null;
  toSend: () => Answers;
}

/** `given` is what was answered before, e.g. to an earlier version. */
export function useAnswers(form: Form, context: Context, known: ReadonlyMap<string, string>, given: Answers = {}): Answering {
  const [answers, setAnswers] = useState(() => ({ ...beginnings(form, context), ...fitting(form, given) }));
  const [met, setMet] = useState<ReadonlyMap<string, string>>(new Map());
  const [held, setHeld] = useState<ReadonlySet<string>>(new Set());
  const [found, setFound] = useState<Faults>({});
  const without = (faults: Faults, key: string) =>
    Object.fromEntries(Object.entries(faults).filter(([place]) => place !== key && !place.startsWith(`${key}/`)));
  return {
    form,
    context,
    answers,
    set: (key, answer) => {
      setAnswers((current) => {
        const left = withoutFollowers(form, current, key);
        return answer === undefined ? omit(left, key) : { ...left, [key]: answer };
      });
      setFound((current) => without(current, key));
    },
    hold: (place, busy) => setHeld((current) => (current.has(place) === busy ? current : new Set(busy ? [...current, place] : [...current].filter((one) => one !== place)))),
    people: new Map([...known, ...met]),
    meet: ({ id, name }) => setMet((current) => new Map([...current, [id, name]])),
    faults: found,
    check: () => {
      const waits = Object.fromEntries([...held].map((place) => [place, 'Wait until the files are there, then send it again.']));
      const wrong = { ...faults(form, answers, context), ...waits };
      setFound(wrong);
      return Object.keys(wrong).length === 0;
    },
    take: (problem) => {
      const sorted = sort(problem, form);
      setFound(sorted.found);
      return sorted.rest;
    },
    toSend: () => toSend(form, answers),
  };
}

/** The answers that a form still asks for, of the kind that it asks. */
export function fitting(form: Form, given: Answers): Answers {
  const fits = ([key, answer]: [string, Answer]) =>
    form.fields.some((field) => field.key === key && field.kind.type in answer);
  return Object.fromEntries(Object.entries(given).filter(fits));
}

/** What the server found, by field; and the problem itself where there is more to say. */
export function sort(problem: Problem, form: Form): { found: Faults; rest: Problem | null } {
  const keys = new Set(form.fields.map(({ key }) => key));
  const found: Faults = {};
  let all = problem.errors.length > 0;
  for (const { field, detail } of problem.errors) {
    const place = placeOf(field);
    if (place !== undefined && keys.has(place.split('/')[0] ?? '')) found[place] = sentence(detail);
    else all = false;
  }
  return { found, rest: all ? null : problem };
}
