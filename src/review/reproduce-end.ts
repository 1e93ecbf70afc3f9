import type { Digest, Instant } from '../core/index.ts';
import {
  partRecords,
  type RecordKind,
  type RecordOf,
  type StoredRecord,
} from '../evidence/index.ts';
import { type Derivation, type Frame, frameOf, importsBefore, usageOf } from './reproduce-frame.ts';
import { judgeAssumptionsThen } from './steps/assumptions.ts';
import { concludedBody, type Found } from './steps/conclude.ts';
import { readAlertHistory } from './judge-budgets.ts';
import { keptSeriesReader } from './reproduce-bills.ts';
import { currentHolds } from './steps/documents.ts';
import { notJudgedOf, verdictBodies } from './steps/budgets.ts';
import { handoffBody } from './steps/handoff.ts';
import type { UsageFound } from './steps/usage.ts';

type Stored<K extends RecordKind> = StoredRecord<RecordOf<K>>;

/** Derives the end of a review from its parts: the worst of them, the next action, and what was not covered. */
export async function deriveReview(
  derivation: Derivation,
  record: Stored<'review'>,
): Promise<RecordOf<'review'>> {
  const { body } = record;
  const frame = await frameOf(derivation, record, body.review);
  const records = await frame.run.workspace.ledger.records();
  const parts = partRecords(record, records);
  const usage = await usageAt(derivation, frame, record);
  const { run } = frame;
  const known = new Set<string>(records.map(({ ref }) => ref));
  const holds = await currentHolds(run.workspace);
  const history = await readAlertHistory(run.workspace);
  const verdicts = of(parts, 'budget-verdict');
  const drivers = verdicts.flatMap(({ body: { driver } }) => driver ?? []);
  const series = keptSeriesReader(
    run.workspace,
    (id) => drivers.find((driver) => driver.series === id)?.inputs ?? [],
  );
  const judged = await verdictBodies(run, usage, { holds, history, series });
  const deliveries = of(parts, 'delivery');
  const found: Found = {
    documents: { checks: [], records: of(parts, 'document-check'), holds },
    usage,
    reconciles: of(parts, 'reconcile'),
    metrics: of(parts, 'metric'),
    budgets: {
      verdicts,
      notJudged: notJudgedOf(judged),
      notified: await notifiedBy(derivation, deliveries),
    },
    smoke: { smoke: of(parts, 'smoke'), links: linksOf(parts) },
    guards: of(parts, 'guard'),
    assumptions: await judgeAssumptionsThen(run.workspace, {
      planDigest: record.context.plan as Digest,
      now: run.now,
      missing: body.missing,
    }),
  };
  return await concludedBody(
    run,
    found,
    (body.parts as readonly Digest[]).filter((ref) => known.has(ref)),
  );
}

/** Derives a handoff from the review that it follows. */
export async function deriveHandoff(
  derivation: Derivation,
  record: Stored<'handoff'>,
): Promise<RecordOf<'handoff'> | undefined> {
  const frame = await frameOf(derivation, record, record.body.review);
  const { workspace } = frame.run;
  const { attempt, review } = record.body;
  const ended = await workspace.ledger.latest(
    'review',
    ({ body }) => body.review === review && (attempt === undefined || body.attempt === attempt),
  );
  return ended === undefined ? undefined : await handoffBody(workspace, ended);
}

async function usageAt(
  derivation: Derivation,
  frame: Frame,
  record: Stored<'review'>,
): Promise<UsageFound> {
  const { usage } = record.body;
  const imports = usage.table ?? importsBefore(derivation.imports, record);
  const asOf: Instant = frame.run.now;
  const found = await usageOf(derivation, frame, { imports, asOf });
  return { ...found, gaps: usage.gaps ?? [] };
}

/** Of the links that a review recorded, those of its own smoke tests count at its end. */
function linksOf(parts: readonly StoredRecord[]): readonly Stored<'usage-link'>[] {
  const own = new Set<string>(of(parts, 'smoke').map(({ ref }) => ref));
  return of(parts, 'usage-link').filter(({ body }) => own.has(body.smoke));
}

/** Owners of the alerts that were delivered, in the order of delivery. */
async function notifiedBy(
  { workspace }: Derivation,
  deliveries: readonly Stored<'delivery'>[],
): Promise<readonly string[]> {
  const alerts = await workspace.ledger.records({ kind: 'alert' });
  const owners = deliveries
    .filter(({ body }) => body.outcome === 'delivered')
    .flatMap(({ body }) => alerts.find((alert) => alert.body.alert === body.alert) ?? [])
    .map(({ body }) => body.owner);
  return [...new Set(owners)];
}

const of = <K extends RecordKind>(parts: readonly StoredRecord[], kind: K): readonly Stored<K>[] =>
  parts.filter((record): record is Stored<K> => record.body.kind === kind);
