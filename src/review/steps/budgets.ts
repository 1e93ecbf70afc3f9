import type { NotJudged } from '../../budget/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import { claimAlert, claimResolution, claimRestatement } from '../alerts.ts';
import type { Hold } from '../holds.ts';
import {
  type AlertHistory,
  type Asking,
  judgeBudgets,
  type JudgedBudget,
  readAlertHistory,
} from '../judge-budgets.ts';
import { findRestatements } from '../restatements.ts';
import { recordParts, type ReviewRun } from '../run.ts';
import { sendNotices } from '../send-notices.ts';
import { recordedSeries } from '../series.ts';
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
  const judged = await verdictBodies(run, usage, { holds, history, series: recordedSeries(run) });
  const bodies = judged.map(({ body }) => body);
  const verdicts = await recordParts(run, bodies);
  const restated = findRestatements(run.workspace.plan, history.finals, bodies);
  for (const body of restated) await claimRestatement(run, body);
  for (const { result, body } of judged) {
    for (const resolution of result.resolutions) await claimResolution(run, resolution, body);
    if (isRestated(body, history)) continue;
    for (const alert of result.alerts) await claimAlert(run, { alert, verdict: body });
  }
  const { notified, deliveries } = await sendNotices(
    run.workspace,
    run.workspace.ports.clock.now(),
  );
  run.parts.push(...deliveries.map(({ ref }) => ref));
  return { verdicts, notJudged: notJudgedOf(judged), notified };
}

/** A judged budget with the record of it. */
export type BudgetVerdict = JudgedBudget & { readonly body: RecordOf<'budget-verdict'> };

/** Judges every budget of the plan that the exports can support; records nothing but what `series` records. */
export async function verdictBodies(
  run: ReviewRun,
  usage: UsageFound,
  from: Pick<Asking, 'holds' | 'history' | 'series'>,
): Promise<readonly BudgetVerdict[]> {
  const { plan } = run.workspace;
  const { aggregate, table, unsupported } = usage;
  const budgets = plan.budgets.filter(({ id }) => !unsupported.has(`budget:${id}`));
  const asking = { plan, aggregate, now: run.now, ...from };
  const judged = await judgeBudgets(budgets, run.period, asking);
  return judged.map((one) => ({ ...one, body: { ...recordOf(run, one), table } }));
}

/** Lists the rules that could not be judged. */
export const notJudgedOf = (judged: readonly BudgetVerdict[]): BudgetsFound['notJudged'] =>
  judged.flatMap(({ budget, result }) =>
    result.notJudged.map(({ why }) => ({ budget: budget.id, why })),
  );

/**
 * A period that had its final verdict on other data is restated, not alerted on again. On the same data its alerts are
 * claimed: a sender may have died after the verdict and before them.
 */
const isRestated = (body: RecordOf<'budget-verdict'>, { verdicts }: AlertHistory): boolean =>
  verdicts.some((one) => one.final && isSamePeriod(one, body) && one.data !== body.data);

const isSamePeriod = (
  left: RecordOf<'budget-verdict'>,
  right: RecordOf<'budget-verdict'>,
): boolean => left.budget === right.budget && left.period.start === right.period.start;

function recordOf(run: ReviewRun, { result, held }: JudgedBudget): RecordOf<'budget-verdict'> {
  const { alerts: _alerts, resolutions: _resolutions, notJudged: _, ...fields } = result;
  return { kind: 'budget-verdict', review: run.id, ...fields, held };
}
