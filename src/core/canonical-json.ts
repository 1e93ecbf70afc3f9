/** Names what JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * Writes JSON in the one form of RFC 8785 (JCS): keys sorted by UTF-16 code units, no white space, ECMAScript numbers.
 *
 * @throws {RangeError} for a number that is not finite or a text with a lone surrogate, which JCS cannot hold.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('JSON holds no NaN and no infinity');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return canonicalText(value);
  if (isList(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  const members = Object.keys(value)
    .toSorted(compareCodeUnits)
    .map((key) => `${canonicalText(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** With the flag `u` a pair is one code point, so that this matches single halves only. */
const LONE_SURROGATE = /\p{Cs}/u;

function canonicalText(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new RangeError('JSON text has a lone surrogate');
  return JSON.stringify(text);
}

function compareCodeUnits(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
