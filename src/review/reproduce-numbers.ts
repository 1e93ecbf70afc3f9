import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { alertBody } from './alerts.ts';
import { type Derivation, type Frame, frameOf, tableOf, usageOf } from './reproduce-frame.ts';
import { seriesOf } from './measure-metric.ts';
import type { ReviewRun } from './run.ts';
import { readAlertHistory } from './judge-budgets.ts';
import { readSeries } from './series.ts';
import { judgeBudgets, type JudgedBudget } from './steps/budgets.ts';
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
    read: async (metric) => {
      const id = seriesOf(metric);
      return id === undefined ? undefined : await readSeries(run.workspace, id, run.now);
    },
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
  const { ledger } = derivation.workspace;
  const verdict = await ledger.latest(
    'budget-verdict',
    ({ body, index }) =>
      index < record.index &&
      body.budget === record.body.budget &&
      body.period.start === record.body.period.start,
  );
  if (verdict === undefined) return undefined;
  // Judging looked at the ledger once, before the first verdict was recorded.
  const judged = await judgedAgain(derivation, verdict);
  const alert = judged?.result.alerts[0];
  if (judged === undefined || alert === undefined) return undefined;
  const plan = await derivation.table.plan(record.context.plan);
  return alertBody(plan, { alert, verdict: judged.body });
}

/** Judges the budget of a verdict again, as the ledger stood before it. */
async function judgedAgain(
  derivation: Derivation,
  verdict: StoredRecord<RecordOf<'budget-verdict'>>,
): Promise<JudgedBudget | undefined> {
  const { frame, usage } = await numberFrame(derivation, verdict);
  const { plan } = frame.run.workspace;
  const budgets = plan.budgets.filter(({ id }) => id === verdict.body.budget);
  const run = withPlan(frame.run, { ...plan, budgets });
  const holds = await currentHolds(run.workspace);
  const history = await readAlertHistory(run.workspace);
  const judged = await judgeBudgets(run, usage, { holds, history });
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
