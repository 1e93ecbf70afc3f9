import type { Json } from '../../core/index.ts';
import { isJsonArray, isJsonObject } from './pointer.ts';
import { parseStrictJson } from './strict-json.ts';

/** Lines shorter than this stand in too many harmless places. */
const PROMPT_CHARS_MIN = 10;
const RESPONSE_CHARS_MIN = 16;
const NEEDLES_MAX = 512;
const NEEDLE_CHARS_MAX = 4096;

/** Lists what must never be written: each line of every text in an approved fixture, but for public words. */
export const promptNeedles = (fixture: Uint8Array | null, publicWords: readonly string[]) =>
  fixture === null ? [] : needlesOf(fixture, PROMPT_CHARS_MIN, publicWords);

/**
 * Lists what must never be written: each line of every text in an answer, but for public words and the protocol's own codes.
 *
 * A code such as `chat.completion.chunk` shares letters with the ids of plans, and would block a record that holds no secret.
 */
export const responseNeedles = (body: Uint8Array, publicWords: readonly string[]) =>
  needlesOf(body, RESPONSE_CHARS_MIN, publicWords).filter((line) => !PROTOCOL_CODE.test(line));

const PROTOCOL_CODE = /^[a-z]{1,20}([._-][a-z]{1,20}){1,4}$/;

function needlesOf(
  bytes: Uint8Array,
  charsMin: number,
  publicWords: readonly string[],
): readonly string[] {
  const parsed = parseStrictJson(bytes);
  const texts =
    parsed === undefined ? [Buffer.from(bytes).toString('utf8')] : textsOf(parsed.value);
  const lines = texts
    .flatMap((text) => text.split(/\r\n|\r|\n/))
    .map((line) => line.trim().slice(0, NEEDLE_CHARS_MAX))
    .filter((line) => line.length >= charsMin && !publicWords.includes(line));
  return [...new Set(lines)].slice(0, NEEDLES_MAX);
}

function textsOf(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isJsonArray(value)) return value.flatMap((item) => textsOf(item));
  return isJsonObject(value) ? Object.values(value).flatMap((item) => textsOf(item)) : [];
}
