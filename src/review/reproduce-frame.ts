import { type Digest, type Instant, instantMs, type Period } from '../core/index.ts';
import { type Ledger, partRefs, type RecordOf, type StoredRecord } from '../evidence/index.ts';
import type { Plan } from '../plan/index.ts';
import { coveredPeriod } from './covered-period.ts';
import { MissingInput, type ReplayedTable } from './reproduce-table.ts';
import type { ReviewRun } from './run.ts';
import { askedUsage, type UsageFound } from './steps/usage.ts';
import type { Workspace } from './workspace.ts';

/** Everything that derivations of one ledger share. */
export interface Derivation {
  readonly workspace: Workspace;
  readonly table: ReplayedTable;
  readonly imports: readonly StoredRecord<RecordOf<'import'>>[];
  /** Answers that several records of one review rest on. */
  readonly asked: Map<string, Promise<UsageFound>>;
  /** The attempt that names a record as its part, by the record's digest: attempts of one review may run side by side. */
  readonly attempts: ReadonlyMap<string, string>;
}

/** The review that a record belongs to, as it stood when the record was written. */
export interface Frame {
  readonly run: ReviewRun;
  readonly start: StoredRecord<RecordOf<'review-start'>>;
}

/** Finds which attempt each part of a review that has ended belongs to. */
export function attemptsOf(records: readonly StoredRecord[]): ReadonlyMap<string, string> {
  const attempts = new Map<string, string>();
  for (const { ref, index, body } of records) {
    if (body.kind !== 'review') continue;
    for (const part of [...partRefs({ index, body }, records), ref]) {
      attempts.set(part, body.attempt);
    }
  }
  return attempts;
}

/** Shows a ledger as it was before an index; nothing can be appended. */
export const ledgerUntil = (ledger: Ledger, end: number): Ledger => ({
  ...ledger,
  records: async (filter) => (await ledger.records(filter)).filter(({ index }) => index < end),
  latest: async (kind, accepts = () => true) =>
    await ledger.latest(kind, (record) => record.index < end && accepts(record)),
  append: async () => await Promise.reject(new RangeError('A derivation records nothing')),
});

/** Shows the project as it was when a record was written: its plan, its clock, and the ledger before it. */
export async function workspaceAt(
  { workspace, table }: Derivation,
  record: StoredRecord,
): Promise<Workspace> {
  const plan: Plan = await table.plan(record.context.plan);
  const ledger = ledgerUntil(workspace.ledger, record.index);
  const now = record.context.at as Instant;
  const ports = { ...workspace.ports, clock: { now: () => now, ms: () => instantMs(now) } };
  return { ...workspace, ports, plan, ledger, operator: record.context.operator };
}

/**
 * Finds the start of the attempt that a record was written in; of an attempt that has no end, the newest start before it.
 *
 * @throws {MissingInput} when the ledger has none: then nobody knows as of when the record was judged.
 */
export async function frameOf(
  derivation: Derivation,
  record: StoredRecord,
  review: string | null,
): Promise<Frame> {
  const workspace = await workspaceAt(derivation, record);
  const starts = await workspace.ledger.records({ kind: 'review-start' });
  const own = starts.filter(({ body }) => body.review === review);
  const attempt = derivation.attempts.get(record.ref);
  // Attempts that say the same in the same second share a digest; then any of them is as good.
  const start = own.findLast(({ body }) => body.attempt === attempt) ?? own.at(-1);
  if (start === undefined || review === null) throw new MissingInput(`review ${review ?? 'start'}`);
  const now = (start.body.now ?? start.context.at) as Instant;
  const run: ReviewRun = {
    workspace,
    id: review,
    attempt: start.body.attempt,
    request: { trigger: start.body.trigger, ref: start.body.ref, asOf: now },
    period: coveredPeriod(workspace.plan, now),
    now,
    parts: [],
    unfinished: undefined,
  };
  return { run, start };
}

/** Binds questions to the table that a record was computed from. */
export async function usageOf(
  derivation: Derivation,
  { run }: Frame,
  recorded: { readonly imports: number; readonly asOf: Instant },
): Promise<UsageFound> {
  const { plan } = run.workspace;
  const key = [run.attempt, recorded.imports, recorded.asOf].join(' ');
  const known =
    derivation.asked.get(key) ?? ask(derivation, { plan, period: run.period, ...recorded });
  derivation.asked.set(key, known);
  return await known;
}

async function ask(
  { table, imports }: Derivation,
  asked: {
    readonly plan: Plan;
    readonly period: Period;
    readonly imports: number;
    readonly asOf: Instant;
  },
): Promise<UsageFound> {
  const { plan, period, asOf } = asked;
  const state = await table.upTo(asked.imports);
  const manifests: readonly Digest[] = state.imports.map(({ manifest }) => manifest);
  const found = await askedUsage(state.store, { plan, manifests, asOf }, period);
  return {
    ...found,
    aggregate: remembered(found.aggregate),
    imported: new Set(imports.slice(0, asked.imports).map(({ body }) => body.export)),
    gaps: [],
    table: { imports: asked.imports, asOf },
  };
}

/** Asks each question once: a verdict, its alert and its review rest on the same answer. */
function remembered(aggregate: UsageFound['aggregate']): UsageFound['aggregate'] {
  const answers = new Map<string, ReturnType<UsageFound['aggregate']>>();
  return async (question, period) => {
    const key = JSON.stringify([question, period]);
    const answer = answers.get(key) ?? aggregate(question, period);
    answers.set(key, answer);
    return await answer;
  };
}

/** Says which table a number was computed from; records of the first release do not say it themselves. */
export function tableOf(
  { imports }: Derivation,
  record: StoredRecord<RecordOf<'metric' | 'budget-verdict'>>,
  now: Instant,
): { readonly imports: number; readonly asOf: Instant } {
  const { table } = record.body;
  if (table !== undefined) return { imports: table.imports, asOf: table.asOf as Instant };
  return { imports: importsBefore(imports, record), asOf: now };
}

/** Counts the imports that stood in the ledger before a record. */
export const importsBefore = (imports: Derivation['imports'], record: StoredRecord): number =>
  imports.filter(({ index }) => index < record.index).length;
