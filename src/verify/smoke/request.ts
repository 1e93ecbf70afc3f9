import { canonicalJson, type Digest, type Json, sha256 } from '../../core/index.ts';
import type { Provider, SmokeTest } from '../../plan/index.ts';
import type { Message } from './exchange.ts';
import { differencesOf, isJsonObject, type JsonObject, valueAt, withValueAt } from './pointer.ts';
import type { Mutation } from './result.ts';
import { parseStrictJson } from './strict-json.ts';

/** Stands for a credential on the error path: public, constant, and no provider's key. */
export const PLACEHOLDER_CREDENTIAL = 'INVALID-SMOKE-TEST-PLACEHOLDER-CREDENTIAL';
/** Stands for a model on the error path. */
export const NONEXISTENT_MODEL = 'spendproof-nonexistent-model';

/** One of the two requests, complete but for the credential. */
export interface Draft {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Without the credential's header. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  readonly credential: 'secret' | 'placeholder';
}

/** Both requests; they differ in exactly one place. */
export interface Drafts {
  readonly happy: Draft;
  readonly error: Draft;
  readonly mutation: Mutation;
  readonly fixture: Digest | null;
  /** The model that the fixture asks for; null when it names none. */
  readonly requestedModel: string | null;
}

/**
 * Composes both requests from the approved fixture, adds the provider's fields against silent fallback, and compares the
 * finished bytes with the plan.
 *
 * @returns `undefined` when the fixture is not what the plan describes: not there, no strict JSON object, fields that allow a fallback,
 * more output tokens than the plan's limit, a `noFallback` field with another value, or no place for the one change.
 */
export function draftRequests(
  test: SmokeTest,
  provider: Provider,
  approved: Uint8Array | null,
): Drafts | undefined {
  const fixture = test.request.body === undefined ? null : approved;
  if (test.request.body !== undefined && fixture === null) return undefined;
  const parsed = fixture === null ? undefined : parseStrictJson(fixture)?.value;
  if (fixture !== null && !isFitFixture(parsed, test, provider)) return undefined;
  const body = fixture === null ? null : bodyOf(fixture, parsed, provider);
  const happy = draftOf(test, provider, body);
  const error = changed(happy, test.error.change);
  if (error === undefined || !matchesPlan(happy, parsed, provider)) return undefined;
  return {
    happy,
    error,
    mutation: mutationOf(test),
    fixture: fixture === null ? null : sha256(fixture),
    requestedModel: requestedModelOf(fixture),
  };
}

/** Reads the model that a fixture asks for, which usage rows must name too; null when it names none. */
export function requestedModelOf(fixture: Uint8Array | null): string | null {
  const parsed = fixture === null ? undefined : parseStrictJson(fixture);
  const model = parsed === undefined ? undefined : valueAt(parsed.value, '/model');
  return typeof model === 'string' ? model : null;
}

/** Names the one change of the error path. */
export function mutationOf(test: SmokeTest): Mutation {
  const { change } = test.error;
  if ('auth' in change) return 'auth-placeholder';
  if ('model' in change) return 'model-nonexistent';
  return 'body' in change ? 'body-truncated' : 'param';
}

/** Adds the credential, in the header that the scheme names. */
export function sealed(draft: Draft, scheme: AuthScheme, credential: string): Message {
  const { header, prefix } = AUTH_HEADER[scheme];
  return {
    method: draft.method,
    path: draft.path,
    headers: { ...draft.headers, [header]: `${prefix}${credential}` },
    body: draft.body,
  };
}

/** Describes what both requests share, for the MAC: host, method, path, header names, fixture. */
export function baseOf(
  draft: Draft,
  test: SmokeTest,
  host: string,
  fixture: Digest | null,
): string {
  const names = [...Object.keys(draft.headers), AUTH_HEADER[test.request.auth.scheme].header];
  return canonicalJson({
    host,
    method: draft.method,
    path: draft.path,
    headers: names.toSorted(),
    fixture,
  });
}

export type AuthScheme = SmokeTest['request']['auth']['scheme'];

/** Says where each scheme puts the credential. */
export const AUTH_HEADER = {
  bearer: { header: 'authorization', prefix: 'Bearer ' },
  raw: { header: 'authorization', prefix: '' },
  'x-api-key': { header: 'x-api-key', prefix: '' },
  'api-key': { header: 'api-key', prefix: '' },
} as const satisfies Record<AuthScheme, { header: string; prefix: string }>;

// By these gateways take another model or provider in silence (design: smoke.md 2.2, rule 4), where a provider names no others.
const REFUSED_FIELDS = ['models', 'route', 'fallbacks'];
const OUTPUT_LIMIT_FIELDS = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'];

function isFitFixture(
  parsed: Json | undefined,
  test: SmokeTest,
  provider: Provider,
): parsed is JsonObject {
  if (!isJsonObject(parsed)) return false;
  const limits = OUTPUT_LIMIT_FIELDS.map((field) => parsed[field]);
  const isOver = (limit: Json | undefined) =>
    limit !== undefined && !(typeof limit === 'number' && limit <= test.limits.outputTokens);
  return (
    !(provider.refusedFields ?? REFUSED_FIELDS).some((field) => Object.hasOwn(parsed, field)) &&
    !limits.some(isOver) &&
    Object.entries(provider.noFallback).every(
      ([field, value]) =>
        !Object.hasOwn(parsed, field) || differencesOf(parsed[field], value).length === 0,
    )
  );
}

/** Sends the approved bytes as they are; only a field against fallback makes new ones. */
function bodyOf(fixture: Uint8Array, parsed: Json | undefined, provider: Provider): Uint8Array {
  if (!isJsonObject(parsed) || Object.keys(provider.noFallback).length === 0) return fixture;
  return encode({ ...parsed, ...provider.noFallback });
}

function draftOf(test: SmokeTest, provider: Provider, body: Uint8Array | null): Draft {
  return {
    method: test.request.method,
    path: test.request.path,
    headers: {
      accept: test.happy.contentType,
      'accept-encoding': 'identity',
      'user-agent': 'spendproof-smoke',
      ...provider.headers,
      ...(body === null ? {} : bodyHeaders(body)),
    },
    body,
    credential: 'secret',
  };
}

const bodyHeaders = (body: Uint8Array) => ({
  'content-type': 'application/json',
  'content-length': String(body.byteLength),
});

function changed(happy: Draft, change: SmokeTest['error']['change']): Draft | undefined {
  if ('auth' in change) return { ...happy, credential: 'placeholder' };
  if (happy.body === null) return undefined;
  if ('body' in change) {
    return withBody(happy, happy.body.subarray(0, Math.floor(happy.body.byteLength / 2)));
  }
  const parsed = parseStrictJson(happy.body)?.value;
  if (parsed === undefined) return undefined;
  const { pointer, value } =
    'model' in change ? { pointer: '/model', value: NONEXISTENT_MODEL } : change.param;
  const other = withValueAt(parsed, pointer, value);
  if (other === undefined || differencesOf(parsed, other).length !== 1) return undefined;
  return withBody(happy, encode(other));
}

const withBody = (draft: Draft, body: Uint8Array): Draft => ({
  ...draft,
  headers: { ...draft.headers, ...bodyHeaders(body) },
  body,
});

/** Reads the finished bytes again: the fixture and the fields against fallback, all of them and nothing else. */
function matchesPlan(happy: Draft, parsed: Json | undefined, provider: Provider): boolean {
  if (happy.body === null) return parsed === undefined;
  const effective = parseStrictJson(happy.body)?.value;
  if (!isJsonObject(effective) || !isJsonObject(parsed)) return false;
  return differencesOf(effective, { ...parsed, ...provider.noFallback }).length === 0;
}

const encode = (value: Json): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
