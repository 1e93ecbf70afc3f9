import { dateIn, type Digest, formatDecimal, type Instant } from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import { type ComparedPair, decimalText, measuredText } from '../../metrics/index.ts';
import type { UsageStore } from '../../usage/index.ts';
import { type Reconciled, reconcileViews } from '../reconcile-views.ts';
import { recordParts, type ReviewRun } from '../run.ts';
import { currentHolds } from './documents.ts';
import type { UsageFound } from './usage.ts';

type ReconcileRecord = RecordOf<'reconcile'>;

/**
 * Compares the views of every bill of the plan and records both sides; a disagreement beyond tolerance holds the assumption
 * that the plan names for it.
 */
export async function reconcileBills(
  run: ReviewRun,
  usage: UsageFound,
): Promise<readonly StoredRecord<ReconcileRecord>[]> {
  const imports = await run.workspace.ledger.records({ kind: 'import' });
  const table = {
    store: usage.store,
    asOf: usage.table.asOf,
    imports: imports
      .slice(0, usage.table.imports)
      .map((record) => ({ record, manifest: record.body.manifest as Digest })),
  };
  const bodies: ReconcileRecord[] = [];
  for (const entry of run.workspace.plan.reconcile) {
    bodies.push(await reconcileBody(run, entry, table));
  }
  const records = await recordParts(run, bodies);
  await holdDisputed(run, records);
  return records;
}

/** The state of the table that views are read from. */
export interface ComparedTable {
  readonly store: UsageStore;
  /** Each import with its manifest in this store, which need not be the recorded one. */
  readonly imports: readonly {
    readonly record: StoredRecord<RecordOf<'import'>>;
    readonly manifest: Digest;
  }[];
  readonly asOf: Instant;
}

/** Compares the views of one bill; records nothing. */
export async function reconcileBody(
  run: ReviewRun,
  entry: ReviewRun['workspace']['plan']['reconcile'][number],
  { store, imports, asOf }: ComparedTable,
): Promise<ReconcileRecord> {
  const manifests = imports.map(({ manifest }) => manifest);
  const { plan } = run.workspace;
  const found = await reconcileViews({ plan, store, manifests, asOf }, entry, run.period);
  return { ...recordOf(run, found, imports), table: { imports: imports.length, asOf } };
}

async function holdDisputed(
  run: ReviewRun,
  records: readonly StoredRecord<ReconcileRecord>[],
): Promise<void> {
  const { plan } = run.workspace;
  const standing = await currentHolds(run.workspace);
  const holds = records.flatMap(({ body, ref }): RecordOf<'hold'>[] => {
    const assumption = plan.reconcile.find(({ id }) => id === body.reconcile)?.onDisagreement;
    const because = `reconcile:${body.reconcile}`;
    const stands = standing.some(
      (hold) => hold.assumption === assumption && hold.because.includes(because),
    );
    if (body.outcome !== 'fail' || assumption === undefined || stands) return [];
    const reasons = ['reconcile-beyond'] as const;
    return [
      { kind: 'hold', assumption, reasons: [...reasons], because: [because], evidence: [ref] },
    ];
  });
  await recordParts(run, holds);
}

const WORST_MAX = 6;

function recordOf(
  run: ReviewRun,
  found: Reconciled,
  imports: ComparedTable['imports'],
): ReconcileRecord {
  const { views, pairs, by, ...rest } = found;
  const evidence = imports
    .filter(({ record }) => views.some((view) => view.export === record.body.export))
    .slice(-16)
    .map(({ record }) => record.ref);
  return {
    kind: 'reconcile',
    review: run.id,
    ...rest,
    by,
    views: views.map((view) => ({
      export: view.export,
      invoice: view.invoice,
      currency: view.currency,
      cost: measuredText(view.totals.cost),
      requests: measuredText(view.totals.requests),
      tokens: measuredText(view.totals.tokens),
      quantum: decimalText(view.quantum),
    })),
    pairs: pairs.map(pairBody),
    evidence,
  };
}

/** Keys and models are no words of a record: the dates are kept, the command names the rest. */
function pairBody(pair: ComparedPair): ReconcileRecord['pairs'][number] {
  const { difference } = pair;
  return {
    left: pair.left,
    right: pair.right,
    measures: pair.measures,
    compared: pair.compared,
    beyond: pair.disagreements.length,
    open: pair.open,
    difference:
      difference === null
        ? null
        : {
            total: formatDecimal(difference.total),
            missing: formatDecimal(difference.missing),
            duplicated: formatDecimal(difference.duplicated),
            price: formatDecimal(difference.price),
            rounding: formatDecimal(difference.rounding),
            zone: formatDecimal(difference.zone),
          },
    worst: pair.disagreements.slice(0, WORST_MAX).map(({ date, measure, left, right }) => ({
      date,
      measure,
      left: decimalText(left),
      right: decimalText(right),
    })),
  };
}

/** Gives the date in the plan's zone on which a view that gives what an invoice bills last agreed; null for never. */
export async function lastInvoiceDate({ workspace }: ReviewRun): Promise<string | null> {
  const last = await workspace.ledger.latest(
    'reconcile',
    ({ body }) => body.outcome === 'pass' && hasAgreedInvoice(body),
  );
  if (last === undefined) return null;
  // The record's schema has checked that it is an instant.
  return dateIn(last.context.at as Instant, workspace.plan.timezone);
}

/** An invoice beside usage pages that know no cost has agreed with nobody. */
const hasAgreedInvoice = ({ views, pairs }: ReconcileRecord): boolean =>
  views.some(
    ({ invoice, export: id }) =>
      invoice &&
      pairs.some(
        ({ left, right, measures }) => [left, right].includes(id) && measures.includes('cost'),
      ),
  );
