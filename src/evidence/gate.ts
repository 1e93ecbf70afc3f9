import { parsePlainDate, sha256 } from '../core/index.ts';
import { scanForNeedles } from './needles.ts';
import { type RecordText, textsOf } from './record-fields.ts';
import type { GateRejectedRecord } from './records/ledger.ts';
import { RecordBody, RecordContext } from './records/registry.ts';
import { predicateText, type Stated, statementText } from './statement.ts';
import { parseCanonicalJson } from './strict-decoding.ts';
import type { z } from 'zod';

const TEXT_MAX = 128;
const RECORD_BYTES_MAX = 8192;
const DEPTH_MAX = 6;

/** Names what the plan and the digested imports hold; the caller builds it. */
export interface GateRegistry {
  readonly slugs: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
  readonly aliases: ReadonlySet<string>;
}

/** The rule that refused a candidate; the ledger records it. */
export type GateRule = GateRejectedRecord['rule'];

/** What is told of a refused candidate: never a part of it. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly rule: GateRule;
  /** A path of the schema, such as `claims.0.claim`; empty for the record as a whole. */
  readonly path: string;
}

/** How a candidate left the gate. */
export type GateResult =
  | { readonly kind: 'passed'; readonly stated: Stated; readonly text: string }
  | Rejection;

/** Each vendor's key form, as data: what looks like one is refused, wherever it came from. */
const KEY_PATTERNS = [
  /sk-[A-Za-z0-9_-]{16,}/,
  /AKIA[0-9A-Z]{16}/,
  /gh[pousr]_[A-Za-z0-9]{20,}/,
  /github_pat_[A-Za-z0-9_]{20,}/,
  /xox[a-z]-[A-Za-z0-9-]{8,}/,
  /AIza[0-9A-Za-z_-]{30,}/,
  /bearer\s+\S{8,}/i,
  /-----BEGIN /,
  /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\./,
] as const;

/**
 * Lets a candidate through only when every rule of the design holds, in its order (evidence.md 1.2).
 *
 * An error of the gate itself refuses the candidate with rule `scanner`: what cannot be judged is not written.
 */
export function passGate(candidate: Candidate, bounds: GateBounds): GateResult {
  return passStages(GATE_STAGES, candidate, bounds);
}

/** What wants to be recorded; nothing of it is known yet. */
export interface Candidate {
  readonly context: unknown;
  readonly body: unknown;
}

/** What the gate judges by. */
export interface GateBounds {
  readonly origin: string;
  readonly registry: GateRegistry;
  readonly needles?: readonly string[];
}

/** One stage: refuses, or lets the next one judge. */
export interface GateStage {
  readonly name: GateRule;
  readonly refuses: (judged: JudgedCandidate, bounds: GateBounds) => Rejection | undefined;
}

/** A candidate on its way through the stages. */
export interface JudgedCandidate {
  readonly candidate: Candidate;
  /** What the schema made of it; the candidate itself where it does not fit. */
  readonly stated: Stated;
  readonly texts: readonly RecordText[];
  /** Context and body as canonical JSON. */
  readonly predicate: string;
}

/** Judges a candidate by some stages, in their order; only tests leave one out, to see that something then passes. */
export function passStages(
  stages: readonly GateStage[],
  candidate: Candidate,
  bounds: GateBounds,
): GateResult {
  try {
    const { stated, refused } = readCandidate(candidate);
    const [first, ...rest] = stages;
    if (first?.name === 'schema' && refused !== undefined) return refused;
    const { context, body } = stated;
    const predicate = predicateText(context, body);
    const judged = { candidate, stated, texts: textsOf(context, body), predicate };
    for (const stage of first?.name === 'schema' ? rest : stages) {
      const found = stage.refuses(judged, bounds);
      if (found !== undefined) return found;
    }
    return { kind: 'passed', stated, text: statementText(stated, bounds.origin) };
  } catch {
    // The error's text could hold a piece of the candidate, so it is not kept.
    return { kind: 'rejected', rule: 'scanner', path: '' };
  }
}

/** Finds what looks like a key in the texts of a record that are not digests. */
export function keyShapedText(texts: readonly RecordText[]): RecordText | undefined {
  const free = texts.filter(({ field }) => !FORM_BOUND.has(field));
  return free.find(({ text }) => KEY_PATTERNS.some((pattern) => pattern.test(text)));
}

/** Texts whose whole form is hexadecimal or a MAC: a pattern could only match them by chance. */
const FORM_BOUND: ReadonlySet<string> = new Set(['commit', 'digest', 'record', 'mac', 'vkey']);

/** Every stage in its order; each can refuse by itself (design: evidence.md 1.2). */
export const GATE_STAGES: readonly GateStage[] = [
  { name: 'schema', refuses: ({ candidate }) => readCandidate(candidate).refused },
  { name: 'charset', refuses: ({ texts }) => judgeCharset(texts) },
  { name: 'size', refuses: ({ predicate }) => judgeSize(predicate) },
  { name: 'depth', refuses: ({ predicate }) => judgeDepth(predicate) },
  { name: 'registry', refuses: ({ texts }, { registry }) => judgeRegistry(texts, registry) },
  {
    name: 'canonical',
    refuses: ({ candidate, predicate }) => judgeCanonical(candidate, predicate),
  },
  {
    name: 'needle',
    refuses: ({ predicate }, { needles }) => judgeNeedles(predicate, needles ?? []),
  },
  { name: 'pattern', refuses: ({ texts }) => judgePattern(texts) },
];

/** Reads a candidate by the schema; where it does not fit, the candidate itself goes on, for gates without that stage. */
function readCandidate(candidate: Candidate): {
  readonly stated: Stated;
  readonly refused: Rejection | undefined;
} {
  const context = RecordContext.safeParse(candidate.context);
  if (!context.success) return unread(candidate, context.error);
  const body = RecordBody.safeParse(candidate.body);
  if (!body.success) return unread(candidate, body.error);
  return { stated: { context: context.data, body: body.data }, refused: undefined };
}

const unread = (candidate: Candidate, error: z.ZodError) => ({
  stated: candidate as Stated,
  refused: rejected('schema', pathOf(error)),
});

function judgeCharset(texts: readonly RecordText[]): Rejection | undefined {
  const odd = texts.find(({ text }) => !/^[\x20-\x7e]*$/.test(text) || text.length > TEXT_MAX);
  return odd === undefined ? undefined : rejected('charset', odd.path);
}

const judgeSize = (predicate: string): Rejection | undefined =>
  Buffer.byteLength(predicate) > RECORD_BYTES_MAX ? rejected('size', '') : undefined;

const judgeDepth = (predicate: string): Rejection | undefined =>
  depthOf(JSON.parse(predicate)) > DEPTH_MAX ? rejected('depth', '') : undefined;

function judgeNeedles(predicate: string, needles: readonly string[]): Rejection | undefined {
  const scan = scanForNeedles(predicate, needles);
  if (scan === 'clear') return undefined;
  return rejected(scan === 'found' ? 'needle' : 'scanner', '');
}

function judgePattern(texts: readonly RecordText[]): Rejection | undefined {
  const key = keyShapedText(texts);
  return key === undefined ? undefined : rejected('pattern', key.path);
}

function judgeRegistry(
  texts: readonly RecordText[],
  registry: GateRegistry,
): Rejection | undefined {
  const listed: Readonly<Record<string, ReadonlySet<string>>> = {
    slug: registry.slugs,
    role: registry.slugs,
    model: registry.models,
    alias: registry.aliases,
  };
  const unknown = texts.find(
    ({ field, text }) =>
      listed[field]?.has(text) === false ||
      (field === 'subject' && !isKnownSubject(text, registry.slugs)),
  );
  return unknown === undefined ? undefined : rejected('registry', unknown.path);
}

/** Kinds of subjects whose names are the plan's; the others are words of this program. */
const NAMED_BY_PLAN: ReadonlySet<string> = new Set([
  'assumption',
  'budget',
  'channel',
  'claim',
  'document',
  'export',
  'metric',
  'series',
  'smoke',
]);

function isKnownSubject(subject: string, slugs: ReadonlySet<string>): boolean {
  const [kind = '', name = ''] = subject.split(/:(.*)/s);
  if (kind === 'day') return parsePlainDate(name) !== undefined;
  // `smoke:none` says that the plan has none.
  return !NAMED_BY_PLAN.has(kind) || name === 'none' || slugs.has(name);
}

/** What the schema let through must be the candidate itself, not a repaired copy of it. */
function judgeCanonical(candidate: Candidate, predicate: string): Rejection | undefined {
  const again = parseCanonicalJson(predicate);
  const same =
    again !== undefined &&
    sha256(predicateText(candidate.context, candidate.body)) === sha256(predicate);
  return same ? undefined : rejected('canonical', '');
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map((member) => depthOf(member)));
}

/** Only names that the schema gave are in an issue's path; an unknown key is not. */
function pathOf(error: z.ZodError): string {
  return error.issues[0]?.path.map(String).join('.') ?? '';
}

const rejected = (rule: GateRule, path: string): Rejection => ({ kind: 'rejected', rule, path });
