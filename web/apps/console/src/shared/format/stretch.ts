/** A stretch of time in words. */
import { civilDay, minute } from './time';

/** When something happened: "Opened 1 Nov 2026 – 30 Nov 2026"; undefined where that is not narrowed. What ends is not in it any more. */
export function stretchWords(what: string, { from, until }: { from: string; until: string }): string | undefined {
  // Whole days of UTC are told as such.
  const whole = (time: string) => /^\d{4}-\d\d-\d\dT00:00:00(\.000)?Z$/.test(time);
  const first = from === '' ? undefined : whole(from) ? civilDay(from.slice(0, 10)) : minute(from);
  const last = until === '' ? undefined : whole(until) ? civilDay(new Date(Date.parse(until) - 1).toISOString().slice(0, 10)) : minute(until);
  if (first === undefined) return last === undefined ? undefined : `${what} until ${last}`;
  if (last === undefined) return `${what} from ${first}`;
  return first === last ? `${what} on ${first}` : `${what} ${first} – ${last}`;
}
