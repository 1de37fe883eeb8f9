/** What can be said of a condition before anybody has answered anything: the price is known. */
import type { Condition } from '@itechsmart/api';
import { millionths } from '#shared/format/decimal';

/** Whether it holds at this price; undefined where that depends on who asks, and for what. */
export function certain(condition: Condition, price: string): boolean | undefined {
  if ('all' in condition) return joined(condition.all, price, false);
  if ('any' in condition) return joined(condition.any, price, true);
  if ('not' in condition) {
    const inner = certain(condition.not, price);
    return inner === undefined ? undefined : !inner;
  }
  if (!('price_above' in condition)) return undefined;
  const [is, bound] = [millionths(price), millionths(condition.price_above)];
  return is === undefined || bound === undefined ? undefined : is > bound;
}

/** One part that is `decisive` decides; else all have to be known. */
function joined(parts: readonly Condition[], price: string, decisive: boolean): boolean | undefined {
  const known = parts.map((part) => certain(part, price));
  if (known.includes(decisive)) return decisive;
  return known.includes(undefined) ? undefined : !decisive;
}
