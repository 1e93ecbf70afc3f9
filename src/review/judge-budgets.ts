import {
  type AlertEvent,
  type BudgetOutlook,
  budgetMemory,
  budgetOutlook,
  budgetPeriods,
  budgetRequest,
  type BudgetResult,
  exclusionRequest,
  type HourSums,
  hourSpans,
  historyPeriod,
  judgeBudget,
  seriesOfAmounts,
  type Drivers,
  wholeHour,
  withoutExcluded,
} from '../budget/index.ts';
import {
  type Decimal,
  type Instant,
  instantFromMs,
  instantMs,
  type Period,
  ZERO,
} from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { costMeasure, sumOfPeriod, type UsageQuestion } from '../metrics/index.ts';
import { type MeasureId, type Plan, type PlanBudget, tellsHours } from '../plan/index.ts';
import { ADAPTER_FACTS, type Aggregate } from '../usage/index.ts';
import { eventOf } from './alert-events.ts';
import { type Hold, holdsOn } from './holds.ts';
import type { SeriesReader } from './series.ts';
import type { UsageFound } from './steps/usage.ts';
import type { Workspace } from './workspace.ts';

type Verdict = StoredRecord<RecordOf<'budget-verdict'>>;

/** What the ledger says of alerts and verdicts so far. */
export interface AlertHistory {
  readonly events: readonly AlertEvent[];
  readonly verdicts: readonly RecordOf<'budget-verdict'>[];
  /** The latest final verdict of each budget's period. */
  readonly finals: readonly Verdict[];
}

/** What judging asks: the table, the plan, the time, and the ledger's memory. */
export interface Asking {
  readonly plan: Plan;
  readonly aggregate: UsageFound['aggregate'];
  readonly now: Instant;
  readonly history: AlertHistory;
  readonly holds: readonly Hold[];
  /** Reads the series that an amount follows from. */
  readonly series: SeriesReader;
}

/** One budget in one period, with the holds that label what was found. */
export interface JudgedBudget {
  readonly budget: PlanBudget;
  readonly result: BudgetResult;
  readonly held: ReturnType<typeof holdsOn>;
}

/** Judges budgets of the plan in each period that is due; records nothing and sends nothing. */
export async function judgeBudgets(
  budgets: readonly PlanBudget[],
  covered: Period,
  asking: Asking,
): Promise<readonly JudgedBudget[]> {
  const judged: JudgedBudget[] = [];
  for (const budget of budgets) {
    for (const result of await judgePeriods(budget, covered, asking)) {
      const restsOn = { exports: result.exports, assumption: budget.assumption };
      judged.push({ budget, result, held: holdsOn(restsOn, asking.holds, asking.plan) });
    }
  }
  return judged;
}

/** Reads the ledger once for all budgets. */
export async function readAlertHistory({ ledger }: Workspace): Promise<AlertHistory> {
  const verdicts = await ledger.records({ kind: 'budget-verdict' });
  const finals = new Map<string, Verdict>();
  for (const verdict of verdicts) {
    const { budget, period, final } = verdict.body;
    if (final) finals.set(`${budget} ${period.start}`, verdict);
  }
  return {
    events: (await ledger.records()).flatMap(eventOf),
    verdicts: verdicts.map(({ body }) => body),
    finals: [...finals.values()],
  };
}

/**
 * Judges a budget in each period that overlaps `covered` or is current, and again in those that had their final verdict in
 * the last three months, because late data can still change them.
 */
async function judgePeriods(
  budget: PlanBudget,
  covered: Period,
  asking: Asking,
): Promise<readonly BudgetResult[]> {
  const periods = budgetPeriods(budget, asking.plan, covered, asking.now);
  const drivers = await driversOf(budget, asking);
  const first = periods[0]?.start ?? asking.now;
  const results: BudgetResult[] = [];
  for (const period of closedBefore(first, budget, asking)) {
    const result = await judgeOne(budget, period, { ...asking, drivers });
    const before = finalOf(result, asking.history);
    if (result !== undefined && before?.body.data !== result.data) results.push(result);
  }
  for (const period of periods) {
    const result = await judgeOne(budget, period, { ...asking, drivers });
    if (result !== undefined) results.push(result);
  }
  return results;
}

async function driversOf(budget: PlanBudget, { plan, series }: Asking): Promise<Drivers> {
  const read = await Promise.all(seriesOfAmounts(budget).map(async (id) => await series(id)));
  return {
    metrics: plan.metrics,
    series: read.flatMap((one) =>
      one === undefined
        ? []
        : [{ ...one.values, inputs: one.files.map(({ digest }) => digest as string) }],
    ),
  };
}

/** Asks for the sums of a budget's period, without what it leaves out. */
async function askBudget(
  budget: PlanBudget,
  period: Period,
  aggregate: Asking['aggregate'],
  also: readonly MeasureId[] = [],
): Promise<Aggregate> {
  const ask = async (question: UsageQuestion): Promise<Aggregate> =>
    await aggregate({ ...question, measures: [...question.measures, ...also] }, period);
  const whole = await ask(budgetRequest(budget));
  const excluded = exclusionRequest(budget);
  return excluded === undefined ? whole : withoutExcluded(whole, await ask(excluded));
}

/** Looks ahead on a period from two years of days. */
async function lookAheadOn(
  budget: PlanBudget,
  period: Period,
  {
    plan: { holidays = [] },
    aggregate,
    now,
    drivers,
  }: Pick<Asking, 'plan' | 'aggregate' | 'now'> & { readonly drivers: Drivers },
): Promise<BudgetOutlook> {
  const history = await askBudget(budget, historyPeriod(period), aggregate, ['tokens']);
  return budgetOutlook(budget, period, history, { now, drivers, holidays });
}

async function judgeOne(
  budget: PlanBudget,
  period: Period,
  { plan, aggregate, now, history, drivers }: Asking & { readonly drivers: Drivers },
): Promise<BudgetResult | undefined> {
  const answer = await askBudget(budget, period, aggregate);
  // A period that is over has nothing ahead.
  const ahead =
    now < period.end
      ? {
          outlook: await lookAheadOn(budget, period, { plan, aggregate, now, drivers }),
          ...(await newestHours(budget, answer, { plan, aggregate, now })),
        }
      : {};
  return judgeBudget({
    budget,
    currency: plan.currency,
    period,
    aggregate: answer,
    now,
    drivers,
    ...ahead,
    memory: (amount, data) =>
      budgetMemory(history, { budget: budget.id, period }, { amount, data }),
  });
}

/** Asks for the newest hours, where a rule looks at them and every export of the scope tells hours. */
async function newestHours(
  budget: PlanBudget,
  { coverage, period }: Aggregate,
  { plan, aggregate, now }: Pick<Asking, 'plan' | 'aggregate' | 'now'>,
): Promise<{ readonly hours?: HourSums }> {
  const spans = hourSpans(budget.rules);
  const through = coverage.completeThrough;
  if (spans.length === 0 || through === null) return {};
  if (!tellsHours(plan, budget.scope, ADAPTER_FACTS)) return {};
  const end = wholeHour(through < now ? through : now);
  const spend = new Map<number, Decimal | null>();
  for (const hours of spans) {
    const start = instantFromMs(instantMs(end) - hours * 3_600_000);
    const answer = await askBudget(budget, { start, end, zone: period.zone }, aggregate);
    const { value, knownRows, totalRows } = sumOfPeriod(answer, costMeasure(budget.cost.basis));
    // No row in an hour that was delivered is no spend; a row of unknown cost is not.
    const isKnown = knownRows === totalRows;
    spend.set(hours, isKnown ? (value ?? ZERO) : null);
  }
  return { hours: { end, spend } };
}

const LOOK_BACK_MS = 92 * 86_400_000;

function closedBefore(
  first: Instant,
  { id }: PlanBudget,
  { history, now }: Asking,
): readonly Period[] {
  return history.finals.flatMap(({ body: { budget, period } }) => {
    const end = period.end as Instant;
    const isRecent = end <= first && instantMs(now) - instantMs(end) <= LOOK_BACK_MS;
    if (budget !== id || !isRecent) return [];
    return [{ start: period.start as Instant, end, zone: period.zone }];
  });
}

const finalOf = (result: BudgetResult | undefined, { finals }: AlertHistory): Verdict | undefined =>
  finals.find(
    ({ body }) => body.budget === result?.budget && body.period.start === result.period.start,
  );
