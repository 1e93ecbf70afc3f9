import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AppError,
  dateIn,
  type Digest,
  type Instant,
  type Period,
  type ReasonId,
} from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import { coverageText, measuredText, type UsageQuestion } from '../../metrics/index.ts';
import { type Plan, planCoverage, type PlanExport } from '../../plan/index.ts';
import {
  ADAPTER_FACTS,
  type Aggregate,
  type Conversion,
  findFiles,
  type ImportResult,
  openUsageStore,
  parseConversion,
  refreshExport,
  type UsageStore,
} from '../../usage/index.ts';
import { refuseUnapproved } from '../approval.ts';
import { compactWhenItPays } from '../compact.ts';
import { keepConversion } from '../kept-inputs.ts';
import type { ReviewRun } from '../run.ts';
import { changeTable, manifestsOf } from '../usage-table.ts';
import type { Workspace } from '../workspace.ts';

/** The usage of the plan's exports, ready to be asked. */
export interface UsageFound {
  readonly store: UsageStore;
  readonly aggregate: (question: UsageQuestion, period: Period) => Promise<Aggregate>;
  /** Exports that the table holds at least one import of. */
  readonly imported: ReadonlySet<string>;
  /** Exports that could not be read now, and why. */
  readonly gaps: readonly { readonly export: string; readonly reason: ReasonId }[];
  /** Metrics and budgets that no approved export can ever fill, as subjects. */
  readonly unsupported: ReadonlySet<string>;
  /** Days of the covered period over all exports for budget review. */
  readonly coverage: RecordOf<'review'>['usage']['coverage'];
  /** How many import records of the ledger are the table, and as of when it is asked. */
  readonly table: { readonly imports: number; readonly asOf: Instant };
}

/** Imports what is new of every approved export and records it; what cannot be read is an evidence gap, by name. */
export async function importUsage(run: ReviewRun): Promise<UsageFound> {
  const { workspace } = run;
  const store = await openUsage(workspace);
  const gaps: { export: string; reason: ReasonId }[] = [];
  const linked = new Set(workspace.plan.reconcile.flatMap(({ of }) => of));
  for (const one of workspace.plan.exports.filter(
    ({ id, approved }) =>
      approved.for.includes('budget-review') ||
      (approved.for.includes('reconcile') && linked.has(id)),
  )) {
    const reason = await importSafely(run, store, one);
    if (reason !== undefined) gaps.push({ export: one.id, reason });
  }
  gaps.push(...(await shrunkSince(workspace)));
  const imports = await workspace.ledger.records({ kind: 'import' });
  const manifests = imports.map(({ body }) => body.manifest as Digest);
  const table = { imports: imports.length, asOf: run.now };
  const asked = { plan: workspace.plan, manifests, asOf: run.now };
  const imported = new Set(imports.map(({ body }) => body.export));
  return { ...(await askedUsage(store, asked, run.period)), imported, gaps, table };
}

/** Days that shrank in any import after the last review ended: an alert once, and no reason to distrust the export for ever. */
async function shrunkSince({ ledger }: Workspace): Promise<UsageFound['gaps']> {
  const ended = await ledger.latest('review', () => true);
  const from = ended === undefined ? 0 : ended.index + 1;
  const imports = await ledger.records({ kind: 'import', from });
  const exports = imports.filter(({ body }) => (body.shrunk ?? []).length > 0);
  return [...new Set(exports.map(({ body }) => body.export))].map((id) => ({
    export: id,
    reason: 'usage-shrunk',
  }));
}

/** Binds a store to one state of the table, and says what every review says of it. */
export async function askedUsage(
  store: UsageStore,
  asked: { readonly plan: Plan; readonly manifests: readonly Digest[]; readonly asOf: Instant },
  period: Period,
): Promise<Pick<UsageFound, 'store' | 'aggregate' | 'unsupported' | 'coverage'>> {
  const aggregate: UsageFound['aggregate'] = async (question, of) =>
    await store.aggregate({ ...question, ...asked, period: of });
  const covered = await aggregate(
    { measures: ['requests'], by: [], filter: {}, include: [] },
    period,
  );
  return {
    store,
    aggregate,
    unsupported: unsupportedOf(asked.plan),
    coverage: coverageText(covered.coverage),
  };
}

/** Opens the store of the project. */
export async function openUsage({ state, ports }: Workspace): Promise<UsageStore> {
  return await openUsageStore({ folder: state }, ports);
}

/** Binds questions to the table as the ledger has it now. */
export async function askerOf(
  workspace: Workspace,
  store: UsageStore,
  asOf: Instant,
): Promise<UsageFound['aggregate']> {
  const manifests = await manifestsOf(workspace);
  const { plan } = workspace;
  return async (question, period) =>
    await store.aggregate({ ...question, manifests, plan, period, asOf });
}

/** What an import did, and its record when it changed the table. */
export interface Imported {
  readonly result: ImportResult;
  readonly record: StoredRecord<RecordOf<'import'>> | undefined;
}

/**
 * Imports the files of one export that the table does not hold yet and records each import; bytes that were read before
 * change nothing.
 *
 * @throws {AppError} `approval-missing` when the approval has not begun or has ended, and what reading a file throws.
 */
export async function importExport(
  workspace: Workspace,
  store: UsageStore,
  what: { readonly export: PlanExport; readonly files: readonly string[]; readonly now: Instant },
): Promise<readonly Imported[]> {
  const { plan } = workspace;
  refuseUnapproved(what.export, dateIn(what.now, plan.timezone));
  const conversion = await conversionOf(workspace, what.export);
  const readAt = workspace.ports.clock.now();
  const done: Imported[] = [];
  for (;;) {
    const { made: result, record } = await changeTable(
      workspace,
      what.export.id,
      async (current) => {
        const made = await store.importExport({
          export: what.export,
          plan,
          files: what.files,
          ...(conversion === undefined ? {} : { conversion: conversion.value }),
          current,
          now: readAt,
        });
        const body: RecordOf<'import'> = {
          ...importBody(what.export, made),
          readAt,
          ...(conversion === undefined ? {} : { conversion: conversion.mac }),
        };
        return { made, body: made.kind === 'imported' ? body : undefined };
      },
    );
    done.push({ result, record });
    if (result.kind === 'imported' && result.remaining > 0) continue;
    if (record !== undefined) await compactWhenItPays(workspace, store, what.export);
    return done;
  }
}

async function importSafely(
  run: ReviewRun,
  store: UsageStore,
  one: PlanExport,
): Promise<ReasonId | undefined> {
  const { workspace } = run;
  workspace.ports.log.progress(`usage ${one.id}`);
  try {
    if (one.refresh !== undefined) await refreshExport(one, workspace.root, workspace.ports);
    const files = await findFiles(workspace.root, one.path);
    if (files.length === 0) return 'evidence-gap';
    // Whether it may be read is a question of today, whatever day the review judges as of.
    const now = workspace.ports.clock.now();
    const done = await importExport(workspace, store, { export: one, files, now });
    run.parts.push(...done.flatMap(({ record }) => (record === undefined ? [] : [record.ref])));
    return undefined;
  } catch (error) {
    // A file that cannot be read must not hide what the others show: it is named, and the review goes on.
    if (!(error instanceof AppError) || error.exit === 7 || error.exit === 1) throw error;
    workspace.ports.log.warn('usage.gap', {
      export: one.id,
      code: error.code,
      message: error.message,
    });
    return error.code === 'approval-missing' ? 'approval-expired' : 'evidence-gap';
  }
}

/**
 * Reads the private file that says what the export's own unit is worth; without one such cost is unknown, not zero. A copy
 * is kept under its MAC, so that the import can be derived again and nobody can guess the value from its name.
 */
async function conversionOf(
  { plan, root, state, ledger }: Workspace,
  one: PlanExport,
): Promise<{ readonly value: Conversion; readonly mac: string } | undefined> {
  const assumption = plan.assumptions.find(({ id }) => id === one.conversion);
  if (assumption?.value === undefined) return undefined;
  try {
    const text = await readFile(join(root, assumption.value.file), 'utf8');
    const value = parseConversion(text);
    const mac = ledger.mac(text);
    if (one.keep === 'inputs') await keepConversion(state, mac, text);
    return { value, mac };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Says of an import what its record says, but for what only the reader knows. */
export function importBody(
  one: PlanExport,
  result: Omit<ImportResult, 'kind' | 'remaining'>,
): RecordOf<'import'> {
  return {
    kind: 'import',
    export: result.export,
    adapter: result.adapter,
    adapterVersion: result.adapterVersion,
    manifest: result.manifest,
    ...inputsOf(result),
    accepted: result.accepted,
    quarantined: result.quarantined,
    duplicate: result.duplicate,
    superseded: result.superseded,
    ...(result.shrunk.length > 0 && { shrunk: result.shrunk.slice(0, 16) }),
    requests: measuredText(result.requests),
    tokens: measuredText(result.tokens),
    cost: result.cost.map(({ basis, currency, sum }) => ({
      basis,
      currency,
      sum: measuredText(sum),
    })),
    start: result.start,
    end: result.end,
    completeThrough: result.completeThrough,
    content: result.content,
    approvedBy: one.approved.by,
    approvedUntil: one.approved.until ?? null,
  };
}

/** As many files as a record names; more stand in the manifest alone, and the record says how many. */
const INPUTS_MAX = 32;

const inputsOf = ({ inputs }: Pick<ImportResult, 'inputs'>) =>
  inputs.length <= INPUTS_MAX ? { inputs } : { inputs: [], files: inputs.length };

function unsupportedOf(plan: Plan): ReadonlySet<string> {
  const never = new Set(['no-export', 'field-not-in-export', 'no-series']);
  return new Set(
    planCoverage(plan, ADAPTER_FACTS)
      .filter(({ why }) => never.has(why))
      .map(({ subject }) => subject),
  );
}
