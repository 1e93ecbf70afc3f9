import { z } from 'zod';
import { canonicalJson, digestHex, type Json, parseDigest, sha256 } from '../core/index.ts';
import { type RecordText, textsOf } from './record-fields.ts';
import { RecordBody, RecordContext } from './records/registry.ts';
import { decodeUtf8, parseCanonicalJson } from './strict-decoding.ts';

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

const Statement = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  predicate: z.looseObject({ kind: z.string() }),
  predicateType: z.string(),
  subject: z.array(z.unknown()),
});

/** A record as a statement holds it. */
export interface Stated {
  readonly context: RecordContext;
  readonly body: RecordBody;
}

/** Writes the in-toto statement of a record as canonical JSON; its subjects are all digests that the record holds. */
export function statementText(stated: Stated, origin: string): string {
  return writeStatement(stated, textsOf(stated.context, stated.body), origin);
}

/** Writes context and body of a record as canonical JSON: what the gate measures and scans. */
export function predicateText(context: unknown, body: unknown): string {
  return canonicalJson(toJson({ ...asObject(context), ...asObject(body) }));
}

/** Names the kind in a statement without judging the rest; `undefined` when it is no statement. */
export function kindOfPayload(payload: Uint8Array): string | undefined {
  return readStatement(payload)?.predicate.kind;
}

/** Reads which ledger a genesis record begins; `undefined` for any other payload. */
export function originOfGenesis(payload: Uint8Array): string | undefined {
  const origin = readStatement(payload)?.predicate['origin'];
  if (typeof origin !== 'string') return undefined;
  const body = parseStatement(payload, origin)?.body;
  return body?.kind === 'genesis' ? body.origin : undefined;
}

/** Reads the record in a statement; `undefined` when form, kind or schema are not ours. */
export function parseStatement(payload: Uint8Array, origin: string): Stated | undefined {
  return readRecord(payload, origin)?.stated;
}

/** Reads the record in a statement, and its texts, which the check of its form needs anyway. */
export function readRecord(
  payload: Uint8Array,
  origin: string,
): { readonly stated: Stated; readonly texts: readonly RecordText[] } | undefined {
  const text = decodeUtf8(payload);
  const predicate = text === undefined ? undefined : predicateOf(text);
  if (predicate === undefined) return undefined;
  const inContext: Record<string, unknown> = {};
  const inBody: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(predicate)) {
    // Not `__proto__`, which would set something else than a member.
    if (CONTEXT_NAMES.has(name)) inContext[name] = value;
    else if (name !== '__proto__') inBody[name] = value;
  }
  const context = RecordContext.safeParse(inContext);
  const body = RecordBody.safeParse(inBody);
  if (!context.success || !body.success) return undefined;
  const stated = { context: context.data, body: body.data };
  const texts = textsOf(stated.context, stated.body);
  // The whole is written again and compared, which refuses every other form of the same content at once.
  return writeStatement(stated, texts, origin) === text ? { stated, texts } : undefined;
}

const CONTEXT_NAMES: ReadonlySet<string> = new Set(Object.keys(RecordContext.unwrap().shape));

function predicateOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('predicate' in value)) return undefined;
    const { predicate } = value;
    return typeof predicate === 'object' && predicate !== null ? predicate : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function writeStatement(
  { context, body }: Stated,
  texts: readonly RecordText[],
  origin: string,
): string {
  const statement = {
    _type: STATEMENT_TYPE,
    predicate: { ...context, ...body },
    predicateType: predicateType(body.kind),
    subject: subjectsOf(texts, origin),
  };
  return canonicalJson(statement);
}

function readStatement(payload: Uint8Array): z.output<typeof Statement> | undefined {
  const text = decodeUtf8(payload);
  const json = text === undefined ? undefined : parseCanonicalJson(text);
  const statement = Statement.safeParse(json);
  return statement.success ? statement.data : undefined;
}

function predicateType(kind: string): string {
  return `https://spendproof.dev/evidence/${kind}/v1`;
}

/** in-toto wants at least one subject; a record without any digest is about its ledger. */
function subjectsOf(texts: readonly RecordText[], origin: string): Json {
  const subjects = texts.flatMap(({ field, path, text }) => {
    const digest = field === 'digest' ? parseDigest(text) : undefined;
    return digest === undefined ? [] : [{ digest: { sha256: digestHex(digest) }, name: path }];
  });
  if (subjects.length > 0) return subjects;
  return [{ digest: { sha256: digestHex(sha256(origin)) }, name: 'origin' }];
}

const asObject = (value: unknown): object =>
  typeof value === 'object' && value !== null ? value : {};

/** Drops the types of a plain value; what JSON cannot hold is refused by the canonical form or lost and then noticed. */
function toJson(value: unknown): Json {
  const json: Json = JSON.parse(JSON.stringify(value));
  return json;
}
