import type { Digest, Instant } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { type Derivation, frameOf, importsBefore, workspaceAt } from './reproduce-frame.ts';
import { MissingInput } from './reproduce-table.ts';
import { keptInput } from './kept-inputs.ts';
import {
  type ReadSeries,
  SERIES_BYTES_MAX,
  seriesBody,
  seriesFrom,
  type SeriesReader,
} from './series.ts';
import { reconcileBody } from './steps/reconcile.ts';
import type { Workspace } from './workspace.ts';

type Reconcile = RecordOf<'reconcile'>;

/** Compares the views of a bill again, in the table that they were read from. */
export async function deriveReconcile(
  derivation: Derivation,
  record: StoredRecord<Reconcile>,
): Promise<Reconcile | undefined> {
  const { table, imports } = derivation;
  const { body } = record;
  const { run } = await frameOf(derivation, record, body.review);
  const entry = run.workspace.plan.reconcile.find(({ id }) => id === body.reconcile);
  if (entry === undefined) return undefined;
  // Records of the first release do not say which table they compared.
  const count = body.table?.imports ?? importsBefore(imports, record);
  const asOf = (body.table?.asOf ?? run.now) as Instant;
  return await reconcileBody(run, entry, { ...(await table.upTo(count)), asOf });
}

/**
 * Derives a hold from the comparison that it names as its evidence: beyond tolerance, and of the assumption of that bill.
 *
 * @returns undefined when the comparison agrees, or holds something else.
 */
export async function deriveDisputedHold(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'hold'>>,
  evidence: StoredRecord<Reconcile>,
): Promise<RecordOf<'hold'> | undefined> {
  const { plan } = await workspaceAt(derivation, record);
  const derived = await deriveReconcile(derivation, evidence);
  const entry = plan.reconcile.find(({ id }) => id === evidence.body.reconcile);
  if (derived?.outcome !== 'fail' || entry?.onDisagreement !== record.body.assumption) {
    return undefined;
  }
  return { ...record.body, reasons: ['reconcile-beyond'], because: [`reconcile:${entry.id}`] };
}

/** Says again what the kept files of a series hold. */
export async function deriveSeries(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'series'>>,
): Promise<RecordOf<'series'> | undefined> {
  const workspace = await workspaceAt(derivation, record);
  const entry = workspace.plan.series.find(({ id }) => id === record.body.series);
  if (entry === undefined) return undefined;
  return seriesBody(entry, await keptSeries(workspace, entry.id, record.body.inputs));
}

/** Reads series from the kept files that a record names; without any, the series could not be read then, and the record said so. */
export const keptSeriesReader =
  (workspace: Workspace, inputsOf: (id: string) => readonly string[]): SeriesReader =>
  async (id) => {
    const inputs = inputsOf(id);
    return inputs.length === 0 ? undefined : await keptSeries(workspace, id, inputs);
  };

/**
 * Reads a series from the kept bytes of the files that a record names, whatever stands in the project now.
 *
 * @throws {MissingInput} for each file that was not kept here.
 */
async function keptSeries(
  { plan, state }: Pick<Workspace, 'plan' | 'state'>,
  id: string,
  inputs: readonly string[],
): Promise<ReadSeries> {
  const entry = plan.series.find((one) => one.id === id);
  if (entry === undefined) throw new MissingInput(`series ${id} of the plan`);
  const read = await Promise.all(
    (inputs as readonly Digest[]).map(async (digest) => ({
      name: id,
      digest,
      bytes: await keptInput(state, digest, SERIES_BYTES_MAX),
    })),
  );
  const missing = read.filter(({ bytes }) => bytes === undefined);
  if (missing.length > 0) {
    throw new MissingInput(...missing.map(({ digest }) => `input ${digest}`));
  }
  return seriesFrom(
    entry,
    read.flatMap(({ bytes, ...file }) => (bytes === undefined ? [] : [{ ...file, bytes }])),
  );
}
