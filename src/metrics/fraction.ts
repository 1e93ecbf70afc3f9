import {
  addDecimals,
  addMeasured,
  type Decimal,
  divideDecimal,
  type Measured,
  NOT_MEASURED,
  periodHolds,
  type PlainDate,
  startOfDate,
  untold,
  wholeDecimal,
} from '../core/index.ts';
import type { MeasureId, PlanMetric } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';
import { type Counted, COUNTS, measureOf, sumOfPeriod } from './counts.ts';
import { costMeasure } from './request.ts';

/** Holds a denominator that no usage export knows: dated amounts from an approved file. */
export interface SeriesValues {
  readonly id: string;
  /** Absent for a flow, whose days add up; a stock is averaged, or its last amount counts. */
  readonly stock?: 'average' | 'last';
  readonly days: readonly { readonly date: PlainDate; readonly amount: Decimal }[];
}

/** Holds both halves of a ratio of sums, over the days where both are known. */
export interface Fraction {
  readonly numerator: Measured;
  readonly denominator: Measured;
  readonly counted: Counted;
  /** Days with data that were looked at; 1 where the period counts as a whole. */
  readonly days: number;
  /** Days left out of both sums because a half of them is unknown. */
  readonly withoutCost: readonly PlainDate[];
  readonly withoutUnits: readonly PlainDate[];
  /** Rows of the days that count whose half is unknown. */
  readonly unknownCostRows: number;
  readonly unknownUnitRows: number;
}

type ByDay = ReadonlyMap<PlainDate, Measured>;

/**
 * Puts a metric's two halves together: a ratio of sums over days, never a mean of ratios.
 *
 * A day of which one half is unknown is left out of both sums: otherwise the ratio is biased (design: budgets.md 5).
 */
export function fractionOf(
  metric: PlanMetric,
  answers: readonly Aggregate[],
  series: SeriesValues | undefined,
): Fraction | undefined {
  const [cost] = answers;
  if (cost === undefined) return undefined;
  const basis = costMeasure(metric.numerator.cost);
  const whole = sumOfPeriod(cost, basis);
  if ('series' in metric.denominator) return overSeries(cost, basis, series);
  const units = answers[1] ?? cost;
  const kind = COUNTS[metric.denominator.count];
  const counted = kind.counted(units);
  if (!kind.additive || kind.measure === null) {
    return atOnce({ numerator: whole, denominator: kind.whole(units), counted });
  }
  return byDays(daysOf(cost, basis), daysOf(units, kind.measure), counted);
}

function overSeries(cost: Aggregate, basis: MeasureId, series: SeriesValues | undefined): Fraction {
  const dated = seriesDays(cost, series);
  if (series?.stock === undefined) return byDays(daysOf(cost, basis), dated, 'series');
  const numerator = sumOfPeriod(cost, basis);
  const amounts = [...dated].toSorted(([left], [right]) => (left < right ? -1 : 1));
  const values = amounts.flatMap(([, { value }]) => (value === null ? [] : [value]));
  const value =
    series.stock === 'last'
      ? (values.at(-1) ?? null)
      : (divideDecimal(addDecimals(...values), wholeDecimal(values.length)) ?? null);
  const denominator = { value, knownRows: values.length, totalRows: values.length };
  return atOnce({ numerator, denominator, counted: 'series' });
}

function seriesDays(cost: Aggregate, series: SeriesValues | undefined): ByDay {
  const days = new Map<PlainDate, Measured>();
  for (const { date, amount } of series?.days ?? []) {
    if (!periodHolds(cost.period, startOfDate(date, cost.period.zone))) continue;
    const earlier = days.get(date)?.value;
    const value = earlier === undefined || earlier === null ? amount : addDecimals(earlier, amount);
    days.set(date, { value, knownRows: 1, totalRows: 1 });
  }
  return days;
}

function atOnce(halves: Pick<Fraction, 'numerator' | 'denominator' | 'counted'>): Fraction {
  return {
    ...halves,
    days: 1,
    withoutCost: [],
    withoutUnits: [],
    unknownCostRows: unknownRows([halves.numerator]),
    unknownUnitRows: unknownRows([halves.denominator]),
  };
}

const unknownRows = (sums: readonly Measured[]): number =>
  sums.reduce((count, { knownRows, totalRows }) => count + totalRows - knownRows, 0);

const daysOf = (aggregate: Aggregate, measure: MeasureId): ByDay =>
  new Map(aggregate.days.map((day) => [day.date, measureOf(day.measures, measure)]));

function byDays(cost: ByDay, units: ByDay, counted: Counted): Fraction {
  const dates = [...new Set([...cost.keys(), ...units.keys()])].toSorted();
  const lacks = (half: ByDay, date: PlainDate) => (half.get(date)?.value ?? null) === null;
  const withoutCost = dates.filter((date) => lacks(cost, date));
  const withoutUnits = dates.filter((date) => lacks(units, date));
  const both = dates.filter((date) => !lacks(cost, date) && !lacks(units, date));
  return {
    numerator: sumOf(cost, both),
    denominator: sumOf(units, both),
    counted,
    days: dates.length,
    withoutCost,
    withoutUnits,
    unknownCostRows: unknownRows(onDates(cost, both)),
    unknownUnitRows: unknownRows(onDates(units, both)),
  };
}

const onDates = (half: ByDay, dates: readonly PlainDate[]): readonly Measured[] =>
  [...half].flatMap(([date, measured]) => (dates.includes(date) ? [measured] : []));

/** Adds the days that count; the rows of the others stay in `totalRows`, so that a reader sees that some are left out. */
function sumOf(half: ByDay, counting: readonly PlainDate[]): Measured {
  const counted = new Set(counting);
  return [...half]
    .map(([date, measured]) => (counted.has(date) ? measured : untold(measured)))
    .reduce(addMeasured, NOT_MEASURED);
}
