/** Which parts of a bundle are chosen, what they cost, and what the server finds at each of them. */
import { Problem, type FieldError, type OfferedPart } from '@itechsmart/api';
import { total } from '#shared/format/decimal';

/** All that can be asked for, but what somebody left out; what is required is never left out. */
export function chosenOf(parts: readonly OfferedPart[], left: ReadonlySet<number>): OfferedPart[] {
  return parts.filter(({ place, is_required, offered }) => is_required || (offered != null && !left.has(place)));
}

export function priceOf(parts: readonly OfferedPart[]): string {
  return total(parts.map(({ offered }) => offered?.price ?? '0'));
}

/** Required parts that cannot be asked for: without them there is no bundle. */
export function missing(parts: readonly OfferedPart[]): OfferedPart[] {
  return parts.filter(({ is_required, offered }) => is_required && offered == null);
}

/**
 * What the server found, for each part in the order in which they were sent, as it would be found where
 * its item is asked for alone; and what belongs to none.
 */
export function sorted(problem: Problem, sent: readonly OfferedPart[]): { ofParts: (Problem | undefined)[]; rest: FieldError[] } {
  const found: FieldError[][] = sent.map(() => []);
  const rest: FieldError[] = [];
  for (const { field, detail } of problem.errors) {
    const match = /^\/parts\/(\d+)(\/answers\/.+)$/.exec(field);
    const [, at = '', pointer = ''] = match ?? [];
    const part = sent[Number(at)];
    if (match === null || part === undefined) {
      rest.push({ field, detail });
      continue;
    }
    const named = `${part.name}: `;
    found[Number(at)]?.push({ field: pointer, detail: detail.startsWith(named) ? detail.slice(named.length) : detail });
  }
  return { ofParts: found.map((errors) => (errors.length === 0 ? undefined : withErrors(problem, errors))), rest };
}

function withErrors({ kind, code, status, title, detail }: Problem, errors: FieldError[]): Problem {
  return new Problem({ kind, code, status, title, detail, errors });
}
