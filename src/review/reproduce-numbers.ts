import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { alertBody } from './alerts.ts';
import {
  type Derivation,
  type Frame,
  frameOf,
  tableOf,
  usageOf,
  workspaceAt,
} from './reproduce-frame.ts';
import { keptSeriesReader } from './reproduce-bills.ts';
import type { ReviewRun } from './run.ts';
import { findRestatements } from './restatements.ts';
import { readAlertHistory } from './judge-budgets.ts';
import { type BudgetVerdict, verdictBodies } from './steps/budgets.ts';
import { currentHolds } from './steps/documents.ts';
import { metricBodies } from './steps/metrics.ts';
import type { UsageFound } from './steps/usage.ts';

/** Computes a metric again; `undefined` when the plan of that time has no such metric, or cannot fill it. */
export async function deriveMetric(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'metric'>>,
): Promise<RecordOf<'metric'> | undefined> {
  const { frame, usage } = await numberFrame(derivation, record);
  const { plan } = frame.run.workspace;
  const metrics = plan.metrics.filter(({ id }) => id === record.body.metric);
  const run = withPlan(frame.run, { ...plan, metrics });
  const [body] = await metricBodies(run, usage, {
    holds: await currentHolds(run.workspace),
    series: keptSeriesReader(run.workspace, () => record.body.series?.inputs ?? []),
  });
  return body;
}

/** Judges a budget again for the period of a verdict. */
export async function deriveVerdict(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'budget-verdict'>>,
): Promise<RecordOf<'budget-verdict'> | undefined> {
  return (await judgedAgain(derivation, record))?.body;
}

/**
 * Derives an alert from the verdict that it followed, with the alerts that had been sent before it.
 *
 * @returns undefined when no threshold was newly crossed.
 */
export async function deriveAlert(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'alert'>>,
): Promise<RecordOf<'alert'> | undefined> {
  const verdict = await verdictBefore(derivation, record);
  if (verdict === undefined) return undefined;
  // Judging looked at the ledger once, before the first verdict was recorded.
  const judged = await judgedAgain(derivation, verdict);
  const alert = judged?.result.alerts[0];
  if (judged === undefined || alert === undefined) return undefined;
  const plan = await derivation.table.plan(record.context.plan);
  return alertBody(plan, { alert, verdict: judged.body });
}

/**
 * Derives a restatement from the verdict of the same review on that period, and the final one before it.
 *
 * @returns undefined when the spend is the same.
 */
export async function deriveRestatement(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'restatement'>>,
): Promise<RecordOf<'restatement'> | undefined> {
  const verdict = await verdictBefore(derivation, record);
  const judged = verdict === undefined ? undefined : await judgedAgain(derivation, verdict);
  if (verdict === undefined || judged === undefined) return undefined;
  const workspace = await workspaceAt(derivation, verdict);
  const { finals } = await readAlertHistory(workspace);
  const [restated] = findRestatements(workspace.plan, finals, [judged.body]);
  return restated;
}

/** Derives that rules of an alert have cleared from the verdict that it followed. */
export async function deriveResolution(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'resolved'>>,
): Promise<RecordOf<'resolved'> | undefined> {
  const verdicts = await derivation.workspace.ledger.records({ kind: 'budget-verdict' });
  const { body, index } = record;
  for (const verdict of verdicts.toReversed()) {
    const { budget, asOf } = verdict.body;
    if (verdict.index > index || budget !== body.budget || asOf !== body.asOf) continue;
    const judged = await judgedAgain(derivation, verdict);
    const found = judged?.result.resolutions.find(({ alert }) => alert === body.alert);
    if (found === undefined) continue;
    const { alert, rules, because } = found;
    return { kind: 'resolved', alert, budget, rules, because, asOf };
  }
  return undefined;
}

/** Finds the newest verdict before a record on its budget and period. */
async function verdictBefore(
  { workspace }: Derivation,
  { index, body }: StoredRecord<RecordOf<'alert' | 'restatement'>>,
): Promise<StoredRecord<RecordOf<'budget-verdict'>> | undefined> {
  return await workspace.ledger.latest(
    'budget-verdict',
    (verdict) =>
      verdict.index < index &&
      verdict.body.budget === body.budget &&
      verdict.body.period.start === body.period.start,
  );
}

/** Judges the budget of a verdict again, as the ledger stood before it. */
async function judgedAgain(
  derivation: Derivation,
  verdict: StoredRecord<RecordOf<'budget-verdict'>>,
): Promise<BudgetVerdict | undefined> {
  const { frame, usage } = await numberFrame(derivation, verdict);
  const { plan } = frame.run.workspace;
  const budgets = plan.budgets.filter(({ id }) => id === verdict.body.budget);
  const run = withPlan(frame.run, { ...plan, budgets });
  const holds = await currentHolds(run.workspace);
  const history = await readAlertHistory(run.workspace);
  const series = keptSeriesReader(run.workspace, () => verdict.body.driver?.inputs ?? []);
  const judged = await verdictBodies(run, usage, { holds, history, series });
  return judged.find(({ body }) => body.period.start === verdict.body.period.start);
}

async function numberFrame(
  derivation: Derivation,
  record: StoredRecord<RecordOf<'metric' | 'budget-verdict'>>,
): Promise<{ readonly frame: Frame; readonly usage: UsageFound }> {
  const frame = await frameOf(derivation, record, record.body.review);
  const table = tableOf(derivation, record, frame.run.now);
  return { frame, usage: await usageOf(derivation, frame, table) };
}

/** Narrows a run to a part of its plan. */
const withPlan = (run: ReviewRun, plan: ReviewRun['workspace']['plan']): ReviewRun => ({
  ...run,
  workspace: { ...run.workspace, plan },
});
