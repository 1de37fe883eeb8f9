/**
 * The values of a form, and what the server found wrong with them. A field's error goes as soon as
 * the field is changed; what belongs to no field is shown for the whole form.
 */
import { toProblem, type Problem } from '@itechsmart/api';
import { useCallback, useState, type ChangeEvent } from 'react';
import { sentence } from '#shared/format/text';

type TextKeys<T> = { [Key in keyof T]: T[Key] extends string ? Key : never }[keyof T] & string;

export interface Form<T> {
  values: T;
  set: <Key extends keyof T>(key: Key, value: T[Key]) => void;
  reset: (values: T) => void;
  /** The properties of a text field. */
  text: (key: TextKeys<T>, help?: string) => TextProps;
  error: (key: keyof T & string) => string | undefined;
  /** What is wrong and belongs to no field shown. */
  problem: Problem | null;
  busy: boolean;
  /** Sends the values; true when they were taken. */
  submit: (send: (values: T) => Promise<unknown>) => Promise<boolean>;
}

interface TextProps {
  name: string;
  value: string;
  error: boolean;
  helperText: string | undefined;
  onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => void;
}

export function useForm<T extends object>(initial: T): Form<T> {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  const set = useCallback(<Key extends keyof T>(key: Key, value: T[Key]) => {
    setValues((current) => ({ ...current, [key]: value }));
    setErrors((current) => Object.fromEntries(Object.entries(current).filter(([name]) => name !== key)));
  }, []);

  const reset = useCallback((fresh: T) => {
    setValues(fresh);
    setErrors({});
    setProblem(null);
  }, []);

  const error = (key: string) => errors[key];

  const text = (key: TextKeys<T>, help?: string): TextProps => ({
    name: key,
    value: values[key] as string,
    error: errors[key] !== undefined,
    helperText: errors[key] ?? help,
    onChange: (event) => set(key, event.target.value as T[typeof key]),
  });

  const submit = async (send: (values: T) => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    setErrors({});
    try {
      await send(values);
      return true;
    } catch (thrown) {
      const { shown, rest } = sort(toProblem(thrown), Object.keys(values));
      setErrors(shown);
      setProblem(rest);
      return false;
    } finally {
      setBusy(false);
    }
  };

  return { values, set, reset, text, error, problem, busy, submit };
}

/** Which errors stand at a field of the form, and whether there is more to say. */
export function sort(
  problem: Problem,
  fields: readonly string[],
): { shown: Record<string, string>; rest: Problem | null } {
  const shown: Record<string, string> = {};
  let all = problem.errors.length > 0;
  for (const [field, detail] of Object.entries(problem.byField())) {
    const at = fields.find(
      (name) => field === name || field.startsWith(`${name}/`) || field.endsWith(`/${name}`),
    );
    if (at === undefined) all = false;
    else shown[at] = sentence(detail);
  }
  return { shown, rest: all ? null : problem };
}
