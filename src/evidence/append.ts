import { AppError, digestOf, itemAt } from '../core/index.ts';
import { type CommitWriter, commitLeaves } from './commit-leaves.ts';
import { signEnvelope } from './dsse.ts';
import { type GateResult, passGate, type Rejection } from './gate.ts';
import type { AppendOptions } from './ledger.ts';
import { leafHash } from './merkle.ts';
import type { NoteSigner } from './note.ts';
import { textsOf } from './record-fields.ts';
import { GateRejectedRecord } from './records/ledger.ts';
import type { RecordBody } from './records/registry.ts';
import type { StoredRecord } from './stored-records.ts';

type Passed = Extract<GateResult, { kind: 'passed' }>;

/** Writes to one ledger with one runner key. */
export interface Writer extends CommitWriter {
  readonly origin: string;
  readonly runner: NoteSigner;
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
    ref: digestOf(leafHash(itemAt(leaves, offset))),
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
