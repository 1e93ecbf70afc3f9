import { AppError, type ExitStatus } from '../core/index.ts';
import {
  partRefs,
  type RecordBody,
  type RecordKind,
  type RecordOf,
  type StoredRecord,
} from '../evidence/index.ts';
import { type Difference, firstDifference } from './reproduce-compare.ts';
import { deriveReconcile, deriveSeries } from './reproduce-bills.ts';
import { deriveHandoff, deriveReview } from './reproduce-end.ts';
import { attemptsOf, type Derivation } from './reproduce-frame.ts';
import { deriveGuard } from './reproduce-guards.ts';
import {
  deriveAlert,
  deriveMetric,
  deriveResolution,
  deriveRestatement,
  deriveVerdict,
} from './reproduce-numbers.ts';
import { deriveDocument, deriveHold } from './reproduce-documents.ts';
import { deriveLink, deriveSmoke, missingOf } from './reproduce-outside.ts';
import { replayTable } from './reproduce-table.ts';
import type { Workspace } from './workspace.ts';

/**
 * How a record was derived again: `inputs` from digested inputs, `observation` from what was kept of a network answer that
 * cannot be asked for again, `stated` when it is the word of a role or a fact of the moment, from which nothing follows.
 */
export type DerivedFrom = 'inputs' | 'observation' | 'stated';

/** What deriving one record again said. */
export type Reproduction = {
  readonly record: StoredRecord;
} & (
  | { readonly kind: 'same'; readonly from: DerivedFrom }
  | { readonly kind: 'different'; readonly difference: Difference }
  | {
      readonly kind: 'gap';
      /** Inputs that are not on this machine, by name. */
      readonly missing: readonly string[];
    }
);

/** What to derive again: one record by the beginning of its digest, one review by its id, or the whole ledger. */
export type ReproduceRequest = { readonly name: string } | 'all';

/**
 * Derives recorded numbers and verdicts again from digested inputs, and compares them exactly.
 *
 * Nothing is recorded, nothing is sent, and nothing in the project changes; exports are imported into a temporary store.
 * @throws {AppError} `record-unknown` for a name that is neither a record nor a review, `ledger-corrupt`.
 */
export async function reproduce(
  workspace: Workspace,
  request: ReproduceRequest,
): Promise<readonly Reproduction[]> {
  const chosen = await chooseRecords(workspace, request);
  const imports = await workspace.ledger.records({ kind: 'import' });
  const table = await replayTable(workspace, imports);
  const attempts = attemptsOf(await workspace.ledger.records());
  const derivation: Derivation = { workspace, table, imports, asked: new Map(), attempts };
  try {
    const found: Reproduction[] = [];
    for (const [done, record] of chosen.entries()) {
      workspace.ports.log.progress(`reproduce ${done + 1} of ${chosen.length}`);
      found.push(await reproduceOne(derivation, record));
    }
    workspace.ports.log.progress('');
    return found;
  } finally {
    await table.close();
  }
}

/**
 * Gives the exit status of a reproduction: a difference is a matter of integrity (7), a missing input an evidence gap (5).
 */
export function reproductionExit(found: readonly Reproduction[]): ExitStatus {
  if (found.some(({ kind }) => kind === 'different')) return 7;
  return found.some(({ kind }) => kind === 'gap') ? 5 : 0;
}

async function chooseRecords(
  { ledger }: Workspace,
  request: ReproduceRequest,
): Promise<readonly StoredRecord[]> {
  if (request === 'all') return await ledger.records();
  const { name } = request;
  const ended = await ledger.latest('review', ({ body }) => body.review === name);
  if (ended === undefined) return [await recordNamed(ledger, name)];
  const records = await ledger.records();
  const parts = new Set<string>([...ended.body.parts, ...partRefs(ended, records), ended.ref]);
  return records.filter(
    ({ ref, body }) => parts.has(ref) || (body.kind === 'handoff' && body.review === name),
  );
}

async function recordNamed(ledger: Workspace['ledger'], name: string): Promise<StoredRecord> {
  if (/^(sha256:)?[0-9a-f]{4,64}$/.test(name)) return await ledger.get(name);
  throw new AppError('record-unknown', {
    message: `Expected a record's digest or a review such as 2026-W47, got ${JSON.stringify(name)}`,
    hint: 'Run `spendproof ledger log` to see the records.',
  });
}

async function reproduceOne(derivation: Derivation, record: StoredRecord): Promise<Reproduction> {
  try {
    return await derive(derivation, record);
  } catch (error) {
    const missing = missingOf(error);
    if (missing !== undefined) return { record, kind: 'gap', missing };
    // An input that is the digested one and cannot be read as it was then gives another answer than the record.
    if (error instanceof AppError && error.exit !== 1) {
      const difference = { field: '', recorded: record.body.kind, derived: error.code };
      return { record, kind: 'different', difference };
    }
    throw error;
  }
}

interface Deriver {
  readonly from: DerivedFrom;
  readonly derive: (
    derivation: Derivation,
    record: StoredRecord,
  ) => Promise<RecordBody | undefined>;
  /** Fields that another run need not repeat. */
  readonly leftOut?: readonly string[];
  /** A derivation that gives nothing means that the record is a refusal, not that it is wrong. */
  readonly mayBeNothing?: true;
}

/** Binds a derivation to its kind; a record of another kind is never handed to it. */
const deriver = <K extends RecordKind>(
  kind: K,
  derive: (
    derivation: Derivation,
    record: StoredRecord<RecordOf<K>>,
  ) => Promise<RecordOf<K> | undefined>,
  more: Omit<Partial<Deriver>, 'derive'> = {},
): readonly [RecordKind, Deriver] => [
  kind,
  {
    from: 'inputs',
    ...more,
    derive: async (derivation, record) =>
      isOf(record, kind) ? await derive(derivation, record) : undefined,
  },
];

const isOf = <K extends RecordKind>(
  record: StoredRecord,
  kind: K,
): record is StoredRecord<RecordOf<K>> => record.body.kind === kind;

const DERIVERS: ReadonlyMap<RecordKind, Deriver> = new Map([
  deriver('alert', deriveAlert),
  deriver('budget-verdict', deriveVerdict),
  deriver('document-check', deriveDocument),
  deriver('guard', deriveGuard),
  deriver('handoff', deriveHandoff),
  deriver('hold', deriveHold),
  deriver('import', async ({ table }, record) => await table.derived(record), {
    // The writer of Parquet does not give the same bytes twice; counts, sums, completeness and content say the same. The
    // other two are inputs of the derivation, not results.
    leftOut: ['manifest', 'readAt', 'conversion'],
  }),
  deriver('metric', deriveMetric),
  deriver('reconcile', deriveReconcile),
  deriver('resolved', deriveResolution),
  deriver('restatement', deriveRestatement),
  deriver('review', deriveReview),
  deriver('series', deriveSeries),
  deriver('smoke', deriveSmoke, { from: 'observation', mayBeNothing: true }),
  deriver('usage-link', deriveLink),
]);

async function derive(derivation: Derivation, record: StoredRecord): Promise<Reproduction> {
  const rule = DERIVERS.get(record.body.kind);
  if (rule === undefined || isStated(record)) return { record, kind: 'same', from: 'stated' };
  const derived = await rule.derive(derivation, record);
  if (derived === undefined && rule.mayBeNothing === true) {
    return { record, kind: 'same', from: 'stated' };
  }
  if (derived === undefined) {
    const difference = { field: '', recorded: record.body.kind, derived: 'nothing' };
    return { record, kind: 'different', difference };
  }
  const difference = firstDifference(record.body, derived, rule.leftOut);
  if (difference !== undefined) return { record, kind: 'different', difference };
  return { record, kind: 'same', from: isSeen(record) ? 'observation' : rule.from };
}

/** Records whose verdict a role or a machine of that moment gave. */
function isStated({ body }: StoredRecord): boolean {
  if (body.kind === 'usage-link') return body.by === 'attested';
  // The ledger counts the files of a change and does not name them.
  return body.kind === 'guard' && body.guard === 'scope-drift';
}

/** A page that could not be read left no text: its state follows from what was seen of the access. */
const isSeen = ({ body }: StoredRecord): boolean =>
  (body.kind === 'document-check' && (body.content === null || body.state === 'unreadable')) ||
  (body.kind === 'guard' && body.guard === 'environment-mismatch');
