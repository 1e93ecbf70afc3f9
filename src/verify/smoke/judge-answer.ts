import type { Json } from '../../core/index.ts';
import type { Provider, SmokeTest } from '../../plan/index.ts';
import type { Answer } from './exchange.ts';
import { isJsonArray, isJsonObject, valueAt } from './pointer.ts';
import type { AssertionResult, ErrorClass, Transport } from './result.ts';
import { parseStrictJson } from './strict-json.ts';

/** One structural assertion of the plan. */
export type Assertion = SmokeTest['happy']['at'][number];

/** Classes an answer by its status; `none` for a success. */
export function errorClassOf(status: number): ErrorClass {
  if (status < 400) return 'none';
  if (status >= 500) return 'server';
  return CLASSES[status] ?? 'other';
}

const CLASSES: Readonly<Record<number, ErrorClass>> = {
  400: 'invalid-request',
  401: 'auth',
  402: 'permission',
  403: 'permission',
  404: 'not-found',
  405: 'not-found',
  413: 'invalid-request',
  415: 'invalid-request',
  422: 'invalid-request',
  429: 'rate-limit',
};

/** Tells whether the provider refused or limited the request: that says nothing about the pattern, and nobody may work around it. */
export const isBlocked = (status: number): boolean =>
  ['auth', 'permission', 'rate-limit', 'server'].includes(errorClassOf(status));

/** Names the owner that the plan routes a status to: the exact one first, then `4xx` or `5xx`. */
export function routeOf(status: number, route: Readonly<Record<string, string>>): string | null {
  if (status < 400) return null;
  return route[String(status)] ?? route[`${Math.floor(status / 100)}xx`] ?? null;
}

/** Reads an answer's body once; the caller drops it after its declared pointers were asked. */
export function readAnswer(
  answer: Answer,
  contentType: string,
): { readonly value: Json } | Extract<Transport, 'content-type' | 'bad-json'> {
  const [type = ''] = (answer.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== contentType.toLowerCase()) return 'content-type';
  return parseStrictJson(answer.body) ?? 'bad-json';
}

/**
 * Tells whether something else than the documented request was answered: a cache says that it stood in, or a gateway that it
 * tried again or elsewhere.
 */
export function isStandIn({ headers }: Answer, { zeroHeaders = [] }: Provider): boolean {
  const isCached =
    Number.parseInt(headers['age'] ?? '0', 10) > 0 ||
    Object.entries(headers).some(
      ([name, value]) =>
        (name.includes('cache') && HIT.test(value)) ||
        (name.includes('cache-hit') && !NO_HIT.test(value)),
    );
  return isCached || zeroHeaders.some((name) => !['', '0'].includes((headers[name] ?? '').trim()));
}

/** `HIT`, `Hit from edge`, `TCP_MEM_HIT`, `edge; hit; ttl=9` (RFC 9211); not `MISS`, and no word that only holds it. */
const HIT = /(?<![a-z])hit(?![a-z])/i;
/** Some count hits, or say true or false, in a header of that name. */
const NO_HIT = /^(?:[\s,0]*|false)$/i;

/** Answers each assertion; nothing of the value stays. */
export function judgeAssertions(
  value: Json,
  assertions: readonly Assertion[],
  requestedModel: string | null,
): readonly AssertionResult[] {
  return assertions.map((assertion, index) => {
    const reason = reasonOf(valueAt(value, assertion.pointer), assertion, requestedModel);
    return { index, ok: reason === 'ok', reason };
  });
}

/** Marks assertions that nothing could be asked of. */
export const notEvaluated = (count: number): readonly AssertionResult[] =>
  Array.from({ length: count }, (_, index) => ({ index, ok: false, reason: 'not-evaluated' }));

function reasonOf(
  value: Json | undefined,
  assertion: Assertion,
  requestedModel: string | null,
): AssertionResult['reason'] {
  if (value === undefined) return 'absent';
  if ('is' in assertion) {
    if (requestedModel === null) return 'not-evaluated';
    return value === requestedModel ? 'ok' : 'differs';
  }
  if (!IS_TYPE[assertion.type](value)) return 'type';
  const size = sizeOf(value);
  const { min = -Infinity, max = Infinity } = assertion;
  return size === undefined || (size >= min && size <= max) ? 'ok' : 'range';
}

const IS_TYPE = {
  string: (value: Json) => typeof value === 'string',
  integer: (value: Json) => typeof value === 'number' && Number.isSafeInteger(value),
  object: (value: Json) => isJsonObject(value),
  array: (value: Json) => isJsonArray(value),
  boolean: (value: Json) => typeof value === 'boolean',
} as const;

/** What `min` and `max` bound: a number itself, the length of a text or list. */
function sizeOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' || isJsonArray(value) ? value.length : undefined;
}
