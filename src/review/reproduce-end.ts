import type { Instant } from '../core/index.ts';
import type { RecordKind, RecordOf, StoredRecord } from '../evidence/index.ts';
import { type Derivation, type Frame, frameOf, importsBefore, usageOf } from './reproduce-frame.ts';
import { concludedBody } from './steps/conclude.ts';
import { readAlertHistory } from './judge-budgets.ts';
import { currentHolds } from './steps/documents.ts';
import { judgeBudgets, notJudgedOf } from './steps/budgets.ts';
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
  const parts = await partsOf(derivation, record);
  const usage = await usageAt(derivation, frame, record);
  const run = { ...frame.run, parts: parts.map(({ ref }) => ref) };
  const holds = await currentHolds(run.workspace);
  const history = await readAlertHistory(run.workspace);
  const judged = await judgeBudgets(run, usage, { holds, history });
  const deliveries = of(parts, 'delivery');
  const derived = await concludedBody(run, {
    documents: { checks: [], records: of(parts, 'document-check'), holds },
    usage,
    reconciles: of(parts, 'reconcile'),
    metrics: of(parts, 'metric'),
    budgets: {
      verdicts: of(parts, 'budget-verdict'),
      notJudged: notJudgedOf(judged),
      notified: await notifiedBy(derivation, deliveries),
    },
    smoke: { smoke: of(parts, 'smoke'), links: linksOf(parts) },
    guards: of(parts, 'guard'),
  });
  return derived;
}

/** Derives a handoff from the review that it follows. */
export async function deriveHandoff(
  derivation: Derivation,
  record: Stored<'handoff'>,
): Promise<RecordOf<'handoff'> | undefined> {
  const frame = await frameOf(derivation, record, record.body.review);
  const { workspace } = frame.run;
  const ended = await workspace.ledger.latest(
    'review',
    ({ body }) => body.review === record.body.review,
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

/** Reads the parts of a review; of two records with one leaf hash the newer one is this review's. */
async function partsOf(
  { workspace }: Derivation,
  { body, index }: Stored<'review'>,
): Promise<readonly StoredRecord[]> {
  const named = new Map<string, StoredRecord>();
  for (const record of await workspace.ledger.records()) {
    if (record.index < index && body.parts.includes(record.ref)) named.set(record.ref, record);
  }
  return body.parts.flatMap((ref) => named.get(ref) ?? []);
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
