import {
  budgetPeriods,
  budgetRequest,
  type BudgetResult,
  firedRules,
  judgeBudget,
  type NotJudged,
} from '../../budget/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import { type PlanBudget, writtenRules } from '../../plan/index.ts';
import { claimAlert } from '../alerts.ts';
import { type Hold, holdsOn } from '../holds.ts';
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
  const { plan } = run.workspace;
  const results: { budget: PlanBudget; result: BudgetResult }[] = [];
  for (const budget of plan.budgets) {
    if (usage.unsupported.has(`budget:${budget.id}`)) continue;
    for (const result of await judgePeriods(run, budget, usage)) results.push({ budget, result });
  }
  const bodies = results.map(({ budget, result }) => recordOf(run, { budget, result, holds }));
  const verdicts = await recordParts(run, bodies);
  for (const [index, { result }] of results.entries()) {
    const verdict = bodies[index];
    if (verdict === undefined) continue;
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

async function judgePeriods(
  run: ReviewRun,
  budget: PlanBudget,
  usage: UsageFound,
): Promise<readonly BudgetResult[]> {
  const { plan, ledger } = run.workspace;
  const alerts = (await ledger.records({ kind: 'alert' })).map(({ body }) => body);
  const results: BudgetResult[] = [];
  for (const period of budgetPeriods(budget, plan, run.period, run.now)) {
    const result = judgeBudget({
      budget,
      currency: plan.currency,
      period,
      aggregate: await usage.aggregate(budgetRequest(budget), period),
      now: run.now,
      writtenRules: writtenRules(budget),
      fired: firedRules(alerts, budget.id, period),
    });
    if (result !== undefined) results.push(result);
  }
  return results;
}

function recordOf(
  run: ReviewRun,
  found: {
    readonly budget: PlanBudget;
    readonly result: BudgetResult;
    readonly holds: readonly Hold[];
  },
): RecordOf<'budget-verdict'> {
  const { alerts: _alerts, notJudged: _notJudged, ...result } = found.result;
  const restsOn = { exports: result.exports, assumption: found.budget.assumption };
  return {
    kind: 'budget-verdict',
    review: run.id,
    ...result,
    held: holdsOn(restsOn, found.holds, run.workspace.plan),
  };
}
