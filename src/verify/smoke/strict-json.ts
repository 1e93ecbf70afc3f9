import type { Json } from '../../core/index.ts';

/** Nesting beyond this is refused. */
const DEPTH_MAX = 32;

/**
 * Reads JSON that has one meaning only: valid UTF-8 without a byte order mark, no duplicate keys, no number that is not finite,
 * at most 32 levels deep. Parsers differ on all of these, so an answer with one of them cannot count as evidence.
 *
 * @returns `undefined` when the bytes are anything else; the reason is not kept, for it could quote the body.
 */
export function parseStrictJson(bytes: Uint8Array): { readonly value: Json } | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (isTooDeep(text)) return undefined;
    // The grammar comes first, so that the scan below meets well-formed text only.
    const value = JSON.parse(text) as Json;
    return isUnambiguous(text) ? { value } : undefined;
  } catch (error) {
    // `TextDecoder` throws TypeError and `JSON.parse` SyntaxError; both messages may hold parts of the body.
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Longer numbers say nothing that anyone counts, and are refused. */
const NUMBER_CHARS_MAX = 400;
const START = /["{}[\],]|-?\d[\d.eE+-]{0,400}/g;

/** Cuts out texts, brackets, commas and numbers. One pass without recursion, so that no body can exhaust the stack. */
function* tokensOf(text: string): Generator<string> {
  const start = new RegExp(START);
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    if (match[0] === '"') start.lastIndex = endOfText(text, match.index);
    yield text.slice(match.index, start.lastIndex);
  }
}

/** Finds the place behind the quotation mark that ends a text: the first that an even number of backslashes precedes. */
function endOfText(text: string, from: number): number {
  let quote = text.indexOf('"', from + 1);
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text[first - 1] === '\\') first -= 1;
  return (quote - first) % 2 === 1;
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const token of tokensOf(text)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    if (depth > DEPTH_MAX) return true;
  }
  return false;
}

/** Tells whether no object repeats a key and every number is finite; the text is known to be JSON. */
function isUnambiguous(text: string): boolean {
  // One entry for each open bracket: the keys of an object, or undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  let expectsKey = false;
  for (const token of tokensOf(text)) {
    if (expectsKey && token.startsWith('"') && !isNewKey(open.at(-1), token)) return false;
    if (/^[-\d]/.test(token) && !isPlainNumber(token)) return false;
    nest(open, token);
    expectsKey = /^[{,]$/.test(token) && open.at(-1) !== undefined;
  }
  return true;
}

const isPlainNumber = (token: string): boolean =>
  token.length <= NUMBER_CHARS_MAX && Number.isFinite(Number(token));

function nest(open: (Set<string> | undefined)[], token: string): void {
  if (token === '{') open.push(new Set());
  else if (token === '[') open.push(undefined);
  else if (token === '}' || token === ']') open.pop();
}

/** Compares the decoded keys: `"a"` and `"\u0061"` are the same key. */
function isNewKey(keys: Set<string> | undefined, token: string): boolean {
  const key: unknown = JSON.parse(token);
  if (keys === undefined || typeof key !== 'string') return true;
  if (keys.has(key)) return false;
  keys.add(key);
  return true;
}
