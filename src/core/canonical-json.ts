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
  // Verification writes every record again: joining text as it comes makes less garbage than lists of pieces.
  let inner = '';
  if (isList(value)) {
    for (const item of value) inner += `${inner === '' ? '' : ','}${canonicalJson(item)}`;
    return `[${inner}]`;
  }
  for (const key of Object.keys(value).toSorted(compareCodeUnits)) {
    inner += `${inner === '' ? '' : ','}${canonicalText(key)}:${canonicalJson(value[key] ?? null)}`;
  }
  return `{${inner}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Printable ASCII without quote and backslash stands for itself; nearly every text of a record does. */
const PLAIN = /^[ !#-[\]-~]*$/;
/** With the flag `u` a pair is one code point, so that this matches single halves only. */
const LONE_SURROGATE = /\p{Cs}/u;

function canonicalText(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (LONE_SURROGATE.test(text)) throw new RangeError('JSON text has a lone surrogate');
  return JSON.stringify(text);
}

function compareCodeUnits(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
