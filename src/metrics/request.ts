import type { CostBasis, DimensionId, MeasureId, PlanMetric, Scope } from '../plan/index.ts';
import { COUNTS } from './counts.ts';

/** Asks for sums of a period; the caller adds the table, the plan, the period and the time of asking. */
export interface UsageQuestion {
  readonly measures: readonly MeasureId[];
  readonly by: readonly DimensionId[];
  readonly filter: Scope;
  /** Charge categories that count for cost. */
  readonly include: readonly string[];
}

/** Names the measure that holds a basis of cost. */
export const costMeasure = (basis: CostBasis): MeasureId => `${basis}Cost`;

/**
 * Gives the questions that a metric needs, the same for the current and for the preceding period.
 *
 * One question where both halves look at the same records, two (cost first) where `denominator.where` narrows its own:
 * calls that failed and were charged stay in the cost although only those that succeeded are counted.
 */
export function metricRequest(metric: PlanMetric): readonly UsageQuestion[] {
  const filter = metric.numerator.where ?? {};
  const cost: UsageQuestion = {
    measures: [costMeasure(metric.numerator.cost)],
    by: [],
    filter,
    include: metric.numerator.include,
  };
  if (!('count' in metric.denominator)) return [cost];
  const { measure, by } = COUNTS[metric.denominator.count];
  const measures: readonly MeasureId[] = measure === null ? [] : [measure];
  if (metric.denominator.where === undefined) {
    return [{ ...cost, measures: [...cost.measures, ...measures], by }];
  }
  const narrowed = { ...filter, ...metric.denominator.where };
  return [
    cost,
    { measures: measure === null ? cost.measures : measures, by, filter: narrowed, include: [] },
  ];
}
