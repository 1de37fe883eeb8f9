/** Decimal numbers as the API writes them: exact, with up to six decimal places. */

const PLACES = 6;

/** In millionths; undefined where the text is no such number. */
export function millionths(text: string): bigint | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = '', whole = '0', places = ''] = match;
  const size = BigInt(whole + places.padEnd(PLACES, '0'));
  return sign === '-' ? -size : size;
}

/** "1200.5" → "1,200.50", and "3" → "3"; in "EUR" "€1,200.50" and "€3". */
export function money(text: string, currency?: string): string {
  const value = millionths(text);
  if (value === undefined) return text;
  const number = Number(value) / 10 ** PLACES;
  const whole = value % 1_000_000n === 0n;
  return number.toLocaleString('en', {
    ...(currency !== undefined && { style: 'currency', currency }),
    minimumFractionDigits: whole ? 0 : 2,
    maximumFractionDigits: PLACES,
  });
}

/** Exactly what several cost together; what is no number costs nothing. */
export function total(prices: readonly string[]): string {
  const sum = prices.reduce((all, text) => all + (millionths(text) ?? 0n), 0n);
  const [whole, rest] = [sum / 1_000_000n, sum % 1_000_000n];
  return rest === 0n ? `${whole}` : `${whole}.${String(rest).padStart(PLACES, '0')}`;
}

/** What something costs. */
export function price(text: string, currency?: string): string {
  return millionths(text) === 0n ? 'No charge' : money(text, currency);
}
