import {
  type Decimal,
  decimal,
  divideDecimal,
  fromAtto,
  itemAt,
  multiplyDecimal,
  parseJsonDecimal,
  type PlainDate,
  type ReasonId,
  subtractDecimal,
  wholeDecimal,
} from '../../core/index.ts';
import type { PlanMetric } from '../../plan/index.ts';
import type { Aggregate } from '../../usage/index.ts';
import type { MetricResult } from '../compute.ts';
import { COUNTS } from '../counts.ts';
import { costMeasure } from '../request.ts';

/**
 * Finds a unit metric that moved more than the plan tolerates: a line on the agenda, never a verdict.
 *
 * Two bounds must both be passed: `tolerance`, a share of the earlier value, and `minChange`, what the move costs at the units
 * of this period.
 */
export function moveFinding(metric: PlanMetric, result: MetricResult): readonly ReasonId[] {
  const { tolerance, minChange } = metric.compare;
  const { change } = result;
  if (change === null || (tolerance === undefined && minChange === undefined)) return [];
  const isWide = tolerance === undefined || size(decimal(change)) > decimalOf(tolerance);
  const isDear =
    minChange === undefined ||
    costOfMove(result) >= multiplyDecimal(decimal(minChange), wholeDecimal(result.scale));
  return isWide && isDear ? ['metric-moved'] : [];
}

/** What the move costs at the units of this period, times the scale; where a change is known, all it is made of is. */
function costOfMove({ value, previous, denominator }: MetricResult): Decimal {
  const move = subtractDecimal(knownOf(value), knownOf(previous?.value));
  return multiplyDecimal(size(move), knownOf(denominator.value));
}

const knownOf = (text: string | null | undefined): Decimal => decimal(String(text));

const size = (value: Decimal): Decimal => (value < 0n ? fromAtto(-value) : value);
const decimalOf = (number: number): Decimal =>
  parseJsonDecimal(String(number)) ?? decimal(number.toFixed(18));

/** A day of one thing whose unit cost is far from that thing's own. */
export interface Outlier {
  readonly date: PlainDate;
  readonly id: string;
  readonly cost: Decimal;
  readonly units: Decimal;
}

/** Fewer days than this have no median worth a comparison. */
const DAYS_MIN = 5;

/**
 * Finds days of the current period on which a unit cost more than `sanity.timesOwnMedian` times the median day of the same
 * thing, over both periods. A bound of 20 finds one row in 5,563 of the aider dataset, the corrupt one (design: budgets.md 5).
 *
 * @param current and `previous` the answers to `effectRequest`.
 */
export function outliersOf(
  metric: PlanMetric,
  current: readonly Aggregate[],
  previous: readonly Aggregate[],
): readonly Outlier[] {
  const times = metric.sanity?.timesOwnMedian;
  if (times === undefined) return [];
  // Rates of two currencies have no median in common.
  const currencies = new Set([...current, ...previous].flatMap((answer) => answer.currencies));
  if (currencies.size > 1) return [];
  const days = daysOf(metric, current);
  const all = [...days, ...daysOf(metric, previous)];
  return days.filter((day) => {
    const rates = all.filter(({ id }) => id === day.id).map(rateOf);
    if (rates.length < DAYS_MIN) return false;
    const median = medianOf(rates);
    return median > 0n && rateOf(day) > multiplyDecimal(median, decimalOf(times));
  });
}

function daysOf(metric: PlanMetric, answers: readonly Aggregate[]): readonly Outlier[] {
  if (!('count' in metric.denominator)) return [];
  const measure = COUNTS[metric.denominator.count].measure;
  const basis = costMeasure(metric.numerator.cost);
  if (measure === null) return [];
  const keyOf = (group: Aggregate['rows'][number]['group']): string => JSON.stringify(group);
  const [whole, narrowed = whole] = answers;
  if (whole === undefined || narrowed === undefined) return [];
  const units = new Map(
    narrowed.rows.map(({ group, measures }) => [keyOf(group), measures[measure]?.value ?? null]),
  );
  return whole.rows.flatMap(({ group, measures }) => {
    const { day, ...rest } = group;
    const [cost, below] = [measures[basis]?.value ?? null, units.get(keyOf(group)) ?? null];
    if (cost === null || below === null || below <= 0n || typeof day !== 'string') return [];
    const id = Object.values(rest)[0] ?? '(not said)';
    // The store names dates of the period and nothing else.
    return [{ date: day as PlainDate, id, cost, units: below }];
  });
}

/** Per million units, so that tiny unit costs keep their digits. */
const rateOf = ({ cost, units }: Outlier): Decimal =>
  divideDecimal(fromAtto(cost * 1_000_000n), units) ?? fromAtto(0n);

/** The lower of two middle values: it is one that was really there. */
function medianOf(values: readonly Decimal[]): Decimal {
  const sorted = values.toSorted((left, right) => (left < right ? -1 : 1));
  return itemAt(sorted, Math.floor((sorted.length - 1) / 2));
}
