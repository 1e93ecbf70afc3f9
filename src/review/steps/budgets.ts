import type { BudgetResult, NotJudged } from '../../budget/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import type { PlanBudget } from '../../plan/index.ts';
import { claimAlert, claimResolution, claimRestatement } from '../alerts.ts';
import { type Hold, holdsOn } from '../holds.ts';
import { judgePeriods, readAlertHistory } from '../judge-budgets.ts';
import { findRestatements } from '../restatements.ts';
import { recordParts, type ReviewRun } from '../run.ts';
import { sendNotices } from '../send-notices.ts';
import type { UsageFound } from './usage.ts';

/** What the budgets said and who was told. */
export interface BudgetsFound {
  readonly verdicts: readonly StoredRecord<RecordOf<'budget-verdict'>>[];
  readonly notJudged: readonly { readonly budget: string; readonly why: NotJudged['why'] }[];
  /** Owners who were sent a notice in this review. */
  readonly notified: readonly string[];
}

/**
 * Judges every budget for each period that overlaps the covered one or is current, claims what was crossed for the first
 * time, and sends it. A held assumption labels a verdict and silences nothing.
 */
export async function checkBudgets(
  run: ReviewRun,
  usage: UsageFound,
  holds: readonly Hold[],
): Promise<BudgetsFound> {
  const { workspace } = run;
  const history = await readAlertHistory(workspace);
  const results: { budget: PlanBudget; result: BudgetResult }[] = [];
  for (const budget of workspace.plan.budgets) {
    if (usage.unsupported.has(`budget:${budget.id}`)) continue;
    const ask = { plan: workspace.plan, aggregate: usage.aggregate, now: run.now, history };
    for (const result of await judgePeriods(budget, run.period, ask)) {
      results.push({ budget, result });
    }
  }
  const bodies = results.map(({ budget, result }) => recordOf(run, { budget, result, holds }));
  const verdicts = await recordParts(run, bodies);
  const restated = findRestatements(workspace.plan, history.finals, bodies);
  for (const body of restated) await claimRestatement(run, body);
  for (const [index, { result }] of results.entries()) {
    const verdict = bodies[index];
    if (verdict === undefined) continue;
    for (const resolution of result.resolutions) await claimResolution(run, resolution, verdict);
    // A period that had its final verdict is restated, not alerted on again.
    if (history.finals.some((one) => isSamePeriod(one.body, verdict))) continue;
    for (const alert of result.alerts) await claimAlert(run, { alert, verdict });
  }
  const { notified, deliveries } = await sendNotices(
    run.workspace,
    run.workspace.ports.clock.now(),
  );
  run.parts.push(...deliveries.map(({ ref }) => ref));
  const notJudged = results.flatMap(({ budget, result }) =>
    result.notJudged.map(({ why }) => ({ budget: budget.id, why })),
  );
  return { verdicts, notJudged, notified };
}

const isSamePeriod = (
  left: RecordOf<'budget-verdict'>,
  right: RecordOf<'budget-verdict'>,
): boolean => left.budget === right.budget && left.period.start === right.period.start;

function recordOf(
  run: ReviewRun,
  found: {
    readonly budget: PlanBudget;
    readonly result: BudgetResult;
    readonly holds: readonly Hold[];
  },
): RecordOf<'budget-verdict'> {
  const { alerts: _alerts, resolutions: _resolutions, notJudged: _, ...result } = found.result;
  const restsOn = { exports: result.exports, assumption: found.budget.assumption };
  return {
    kind: 'budget-verdict',
    review: run.id,
    ...result,
    held: holdsOn(restsOn, found.holds, run.workspace.plan),
  };
}
