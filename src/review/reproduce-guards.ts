import type { RecordKind, RecordOf, StoredRecord } from '../evidence/index.ts';
import { environmentMismatch } from '../verify/index.ts';
import { guardGap, guardHandoff } from './guard-evidence.ts';
import { guardFallback } from './guards.ts';
import { type Derivation, frameOf, workspaceAt } from './reproduce-frame.ts';
import { MissingInput } from './reproduce-table.ts';
import { evidenceGapBody } from './steps/guards.ts';
import type { UsageFound } from './steps/usage.ts';
import type { Workspace } from './workspace.ts';

type Stored<K extends RecordKind> = StoredRecord<RecordOf<K>>;

/**
 * Judges a guard again: from the plan and the ledger before it, or, for the environment, from the recorded fingerprints.
 *
 * @returns undefined for a scope: the ledger counts the files of a change and does not name them.
 */
export async function deriveGuard(
  derivation: Derivation,
  record: Stored<'guard'>,
): Promise<RecordOf<'guard'> | undefined> {
  const { guard, review } = record.body;
  switch (guard) {
    case 'evidence-gap':
      if (review !== null) return await deriveEvidenceGap(derivation, record);
      return (await guardGap(await momentOf(derivation, record))).body;
    case 'environment-mismatch':
      return await deriveEnvironment(derivation, record);
    case 'unreviewed-fallback': {
      const { body } = await guardFallback(await momentOf(derivation, record));
      return { ...body, review };
    }
    case 'weak-handoff':
      return await deriveHandoffGuard(derivation, record);
    case 'scope-drift':
      return undefined;
    default:
      guard satisfies never;
      throw new RangeError('Unknown guard');
  }
}

/** The project at the moment of a record, with the file of its plan. */
async function momentOf(derivation: Derivation, record: StoredRecord): Promise<Workspace> {
  const workspace = await workspaceAt(derivation, record);
  const fileDigest = (record.context.planFile ?? '') as Workspace['loaded']['fileDigest'];
  return { ...workspace, loaded: { ...workspace.loaded, fileDigest } };
}

async function deriveEnvironment(
  derivation: Derivation,
  { body, ...record }: Stored<'guard'>,
): Promise<RecordOf<'guard'>> {
  const { plan, ledger } = await workspaceAt(derivation, { ...record, body });
  const { environment } = body;
  if (environment === undefined) throw new MissingInput('fingerprint of the run');
  const hosted = await ledger.latest(
    'guard',
    (one) => one.body.environment?.ci === true && one.body.outcome === 'pass',
  );
  const { result } = environmentMismatch(
    environment,
    hosted?.body.environment,
    plan.guards.environment.tolerate,
  );
  return { ...body, ...result, against: hosted?.ref ?? null };
}

async function deriveHandoffGuard(
  derivation: Derivation,
  record: Stored<'guard'>,
): Promise<RecordOf<'guard'>> {
  const handoff = await derivation.workspace.ledger.latest(
    'handoff',
    ({ ref }) => ref === record.body.against,
  );
  const workspace = await momentOf(derivation, record);
  return (await guardHandoff(workspace, handoff?.body.review)).body;
}

/** Derives an evidence guard from the plan, the checks of its review, and the imports before it. */
async function deriveEvidenceGap(
  derivation: Derivation,
  record: Stored<'guard'>,
): Promise<RecordOf<'guard'> | undefined> {
  const frame = await frameOf(derivation, record, record.body.review);
  const { ledger } = frame.run.workspace;
  const { attempt } = frame.run;
  const checks = (await ledger.records({ kind: 'document-check', from: frame.start.index }))
    .filter(({ ref }) => (derivation.attempts.get(ref) ?? attempt) === attempt)
    .map(({ body }) => body)
    .filter(({ review }) => review === record.body.review);
  const ended = await derivation.workspace.ledger.latest(
    'review',
    ({ body }) => body.attempt === attempt,
  );
  const before = derivation.imports.filter(({ index }) => index < record.index);
  const imported = new Set(before.map(({ body }) => body.export));
  // Which files could not be read is an observation; the end of the review holds it.
  const gaps = (ended?.body.usage.gaps ?? gapsOf(record)) as UsageFound['gaps'];
  return evidenceGapBody(frame.run, { documents: { checks }, usage: { imported, gaps } });
}

const gapsOf = ({ body }: Stored<'guard'>): readonly { export: string; reason: string }[] =>
  body.missing
    .filter((subject) => subject.startsWith('export:'))
    .map((subject) => ({ export: subject.slice('export:'.length), reason: 'evidence-gap' }));
