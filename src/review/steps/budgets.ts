import type { BudgetResult, NotJudged } from '../../budget/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import type { PlanBudget } from '../../plan/index.ts';
import { claimAlert, claimResolution, claimRestatement } from '../alerts.ts';
import { type Hold, holdsOn } from '../holds.ts';
import { type AlertHistory, judgePeriods, readAlertHistory } from '../judge-budgets.ts';
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
  const history = await readAlertHistory(run.workspace);
  const judged = await judgeBudgets(run, usage, { holds, history });
  const bodies = judged.map(({ body }) => body);
  const verdicts = await recordParts(run, bodies);
  const restated = findRestatements(run.workspace.plan, history.finals, bodies);
  for (const body of restated) await claimRestatement(run, body);
  for (const { result, body } of judged) {
    for (const resolution of result.resolutions) await claimResolution(run, resolution, body);
    // A period that had its final verdict is restated, not alerted on again.
    if (history.finals.some((one) => isSamePeriod(one.body, body))) continue;
    for (const alert of result.alerts) await claimAlert(run, { alert, verdict: body });
  }
  const { notified, deliveries } = await sendNotices(
    run.workspace,
    run.workspace.ports.clock.now(),
  );
  run.parts.push(...deliveries.map(({ ref }) => ref));
  return { verdicts, notJudged: notJudgedOf(judged), notified };
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
  { holds, history }: { readonly holds: readonly Hold[]; readonly history: AlertHistory },
): Promise<readonly JudgedBudget[]> {
  const { plan } = run.workspace;
  const judged: JudgedBudget[] = [];
  for (const budget of plan.budgets) {
    if (usage.unsupported.has(`budget:${budget.id}`)) continue;
    const ask = { plan, aggregate: usage.aggregate, now: run.now, history };
    for (const result of await judgePeriods(budget, run.period, ask)) {
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
