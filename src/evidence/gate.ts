import { sha256 } from '../core/index.ts';
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
export function passGate(
  candidate: { readonly context: unknown; readonly body: unknown },
  bounds: {
    readonly origin: string;
    readonly registry: GateRegistry;
    readonly needles?: readonly string[];
  },
): GateResult {
  try {
    return judge(candidate, bounds);
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
const FORM_BOUND: ReadonlySet<string> = new Set(['digest', 'record', 'mac', 'vkey']);

function judge(
  candidate: { readonly context: unknown; readonly body: unknown },
  bounds: {
    readonly origin: string;
    readonly registry: GateRegistry;
    readonly needles?: readonly string[];
  },
): GateResult {
  const context = RecordContext.safeParse(candidate.context);
  if (!context.success) return rejected('schema', pathOf(context.error));
  const body = RecordBody.safeParse(candidate.body);
  if (!body.success) return rejected('schema', pathOf(body.error));
  const stated = { context: context.data, body: body.data };
  const texts = textsOf(stated.context, stated.body);
  const predicate = predicateText(stated.context, stated.body);
  const refused =
    judgeForm(texts, predicate) ??
    judgeRegistry(texts, bounds.registry) ??
    judgeCanonical(candidate, predicate);
  if (refused !== undefined) return refused;
  const scan = scanForNeedles(predicate, bounds.needles ?? []);
  if (scan !== 'clear') return rejected(scan === 'found' ? 'needle' : 'scanner', '');
  const key = keyShapedText(texts);
  if (key !== undefined) return rejected('pattern', key.path);
  return { kind: 'passed', stated, text: statementText(stated, bounds.origin) };
}

function judgeForm(texts: readonly RecordText[], predicate: string): Rejection | undefined {
  const odd = texts.find(({ text }) => !/^[\x20-\x7e]*$/.test(text) || text.length > TEXT_MAX);
  if (odd !== undefined) return rejected('charset', odd.path);
  if (Buffer.byteLength(predicate) > RECORD_BYTES_MAX) return rejected('size', '');
  return depthOf(JSON.parse(predicate)) > DEPTH_MAX ? rejected('depth', '') : undefined;
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
  const unknown = texts.find(({ field, text }) => listed[field]?.has(text) === false);
  return unknown === undefined ? undefined : rejected('registry', unknown.path);
}

/** What the schema let through must be the candidate itself, not a repaired copy of it. */
function judgeCanonical(
  candidate: { readonly context: unknown; readonly body: unknown },
  predicate: string,
): Rejection | undefined {
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
