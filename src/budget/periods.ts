import {
  type Instant,
  parsePlainDate,
  type Period,
  periodAt,
  periodHolds,
  periodOfDates,
  periodsOverlap,
} from '../core/index.ts';
import type { Plan, PlanBudget } from '../plan/index.ts';
import { costMeasure, type UsageQuestion } from '../metrics/index.ts';

/** Gives the question that a budget asks of each of its periods. */
export const budgetRequest = (budget: PlanBudget): UsageQuestion => ({
  measures: [costMeasure(budget.cost.basis)],
  by: [],
  filter: budget.scope,
  include: budget.cost.include,
});

/**
 * Lists the periods of a budget that a review judges, earliest first: those that overlap what the review covers, and the
 * one that holds `now`.
 *
 * Periods are cut at midnights of the budget's zone, else the plan's. A dated budget has one period; it is judged when it
 * overlaps or is current. Judge each as of min(now, complete through), which `judgeBudget` does.
 */
export function budgetPeriods(
  budget: PlanBudget,
  plan: Pick<Plan, 'timezone'>,
  covered: Period,
  now: Instant,
): readonly Period[] {
  const step = budget.period;
  const zone = step.zone ?? plan.timezone;
  if ('from' in step) {
    const from = parsePlainDate(step.from);
    const until = parsePlainDate(step.until);
    if (from === undefined || until === undefined || until <= from) return [];
    const period = periodOfDates(from, until, zone);
    return periodsOverlap(period, covered) || periodHolds(period, now) ? [period] : [];
  }
  const current = periodAt(step.every, now, zone);
  const periods = new Map<Instant, Period>([[current.start, current]]);
  let period = periodAt(step.every, covered.start, zone);
  while (period.start < covered.end) {
    periods.set(period.start, period);
    period = periodAt(step.every, period.end, zone);
  }
  return [...periods.values()].toSorted((left, right) => (left.start < right.start ? -1 : 1));
}
