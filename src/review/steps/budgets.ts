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
import { claimAndSend, sendUnsent } from '../alerts.ts';
import { type Hold, holdsOn } from '../holds.ts';
import { recordParts, type ReviewRun } from '../run.ts';
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
  const judged = await judgeBudgets(run, usage, holds);
  const verdicts = await recordParts(
    run,
    judged.map(({ body }) => body),
  );
  const notified: string[] = await sendUnsent(run);
  for (const { budget, result, body } of judged) {
    for (const alert of result.alerts) {
      notified.push(...(await claimAndSend(run, { alert, verdict: body, owner: budget.owner })));
    }
  }
  return { verdicts, notJudged: notJudgedOf(judged), notified: [...new Set(notified)] };
}

/** One judged budget of one period: what was found, and the record of it. */
export interface JudgedBudget {
  readonly budget: PlanBudget;
  readonly result: BudgetResult;
  readonly body: RecordOf<'budget-verdict'>;
}

/** Judges every budget of the plan for each period that is due; records nothing and sends nothing. */
export async function judgeBudgets(
  run: ReviewRun,
  usage: UsageFound,
  holds: readonly Hold[],
): Promise<readonly JudgedBudget[]> {
  const judged: JudgedBudget[] = [];
  for (const budget of run.workspace.plan.budgets) {
    if (usage.unsupported.has(`budget:${budget.id}`)) continue;
    for (const result of await judgePeriods(run, budget, usage)) {
      const body = { ...recordOf(run, { budget, result, holds }), table: usage.table };
      judged.push({ budget, result, body });
    }
  }
  return judged;
}

/** Lists the rules that could not be judged. */
export const notJudgedOf = (judged: readonly JudgedBudget[]): BudgetsFound['notJudged'] =>
  judged.flatMap(({ budget, result }) =>
    result.notJudged.map(({ why }) => ({ budget: budget.id, why })),
  );

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
