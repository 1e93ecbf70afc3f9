import { join } from 'node:path';
import { AppError, digestOf } from '../core/index.ts';
import { type Commit, encodeCommit, rootDigest } from './commit.ts';
import { signEnvelope } from './dsse.ts';
import { diskError, type DiskPorts, tempPath, writeTemp } from './durable-file.ts';
import { isSystemError } from './files-node.ts';
import { type GateResult, passGate, type Rejection } from './gate.ts';
import { commitPath } from './layout.ts';
import type { AppendOptions } from './ledger.ts';
import type { LedgerHead } from './ledger-head.ts';
import { leafHash } from './merkle.ts';
import type { NoteSigner } from './note.ts';
import { textsOf } from './record-fields.ts';
import { GateRejectedRecord } from './records/ledger.ts';
import type { RecordBody } from './records/registry.ts';
import type { StoredRecord } from './stored-records.ts';

/** Every lost race means that another process made progress, so this many in a row do not happen by themselves. */
const LOST_MAX = 10_000;

type Passed = Extract<GateResult, { kind: 'passed' }>;

/** Writes to one ledger with one runner key. */
export interface Writer {
  readonly head: LedgerHead;
  readonly origin: string;
  readonly runner: NoteSigner;
  readonly ports: DiskPorts;
  /** All records up to the head, for `unless`. */
  readonly all: () => Promise<readonly StoredRecord[]>;
  readonly has: (ref: string) => Promise<boolean>;
}

/** Gates, signs and commits records, all or none. @throws {AppError} as {@link Ledger.append} says. */
export async function appendRecords(
  writer: Writer,
  bodies: readonly RecordBody[],
  options: AppendOptions,
): Promise<readonly StoredRecord[]> {
  const { origin } = writer;
  const passed: Passed[] = [];
  for (const [position, body] of bodies.entries()) {
    const gated = passGate({ context: options.context, body }, { origin, ...options });
    const result = gated.kind === 'passed' ? await withReferences(gated, writer) : gated;
    if (result.kind === 'rejected') await refuse(writer, { body, position, result }, options);
    else passed.push(result);
  }
  if (passed.length === 0) return [];
  const leaves = passed.map(({ text }) => signEnvelope(Buffer.from(text), writer.runner));
  const first = await commitLeaves(writer, leaves, options.unless);
  if (first === undefined) return [];
  return passed.map(({ stated }, offset) => ({
    ref: digestOf(leafHash(leaves[offset] ?? new Uint8Array())),
    index: first + offset,
    ...stated,
  }));
}

/** Refuses a reference to no record: it could never be mended later, and the ledger would not verify. */
async function withReferences(gated: Passed, writer: Writer): Promise<GateResult> {
  for (const { field, path, text } of textsOf(gated.stated.context, gated.stated.body)) {
    if (field !== 'record' || (await writer.has(text))) continue;
    return { kind: 'rejected', rule: 'registry', path };
  }
  return gated;
}

/** @returns the index of the first leaf; `undefined` when `unless` held. */
async function commitLeaves(
  writer: Writer,
  leaves: readonly Uint8Array[],
  unless: AppendOptions['unless'],
): Promise<number | undefined> {
  const { head } = writer;
  for (let lost = 0; lost < LOST_MAX; lost += 1) {
    await head.catchUp();
    const asked = head.generation;
    if (unless !== undefined && (await unless(await writer.all()))) return undefined;
    if (head.generation !== asked) continue;
    const first = head.size;
    const bytes = encodeCommit(nextCommit(head, leaves));
    const path = commitPath(head.layout, asked + 1);
    if (!(await linkCommit(bytes, path, writer))) continue;
    if (head.generation === asked) head.take(bytes, path);
    return first;
  }
  throw new AppError('file-not-writable', {
    message: `Expected to append within ${LOST_MAX} tries, other processes were always faster`,
  });
}

function nextCommit(head: LedgerHead, leaves: readonly Uint8Array[]): Commit {
  const tree = head.tree.clone();
  for (const leaf of leaves) tree.push(leafHash(leaf));
  return {
    generation: head.generation + 1,
    previous: head.digest,
    oldSize: head.size,
    size: tree.size,
    root: rootDigest(tree.root()),
    entries: leaves,
  };
}

/**
 * Makes the commit by link(2), which fails when the name is taken: compare and swap.
 *
 * @returns `false` when another process was first. After an error from the link on, the commit may or may not stand; the
 * caller is told of the error and the next open finds out.
 */
async function linkCommit(bytes: Uint8Array, path: string, writer: Writer): Promise<boolean> {
  const { files } = writer.ports;
  const { layout } = writer.head;
  const temp = tempPath(layout.temps, writer.ports);
  try {
    await writeTemp(files, temp, bytes);
    try {
      await files.link(temp, path);
    } catch (error) {
      await files.remove(temp);
      // A temp can be gone when a process with a clock far ahead took it for a stale one.
      if (isSystemError(error, 'EEXIST') || isSystemError(error, 'ENOENT')) return false;
      throw error;
    }
    await files.remove(temp);
    await files.syncFolder(layout.commits);
  } catch (error) {
    throw diskError(error, join(layout.folder, '.state'));
  }
  return true;
}

/** Records that a candidate was refused, and by which rule only; then stops the caller. */
async function refuse(
  writer: Writer,
  refused: { readonly body: unknown; readonly position: number; readonly result: Rejection },
  options: AppendOptions,
): Promise<never> {
  const { rule, path } = refused.result;
  const { context } = options;
  const kind = kindOf(refused.body);
  const body = { kind: 'gate-rejected', rule, candidate: kind, count: 1 } as const;
  const own = passGate({ context, body }, { origin: writer.origin, registry: options.registry });
  // A context that does not pass either cannot be recorded; the caller still stops with the rule.
  if (own.kind === 'passed') {
    await commitLeaves(writer, [signEnvelope(Buffer.from(own.text), writer.runner)], undefined);
  }
  const where = path === '' ? '' : ` at ${path}`;
  throw new AppError('leak-blocked', {
    message: `Expected record ${refused.position + 1} (${kind}) to pass the gate, rule ${rule} refused it${where}`,
    hint: 'Nothing of the record was written; the ledger says which rule refused it.',
  });
}

function kindOf(body: unknown): GateRejectedRecord['candidate'] {
  const kind = typeof body === 'object' && body !== null && 'kind' in body ? body.kind : undefined;
  const known = GateRejectedRecord.shape.candidate.safeParse(kind);
  return known.success ? known.data : 'unknown';
}
