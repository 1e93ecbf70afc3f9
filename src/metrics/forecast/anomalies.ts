import { addDays, type PlainDate } from '../../core/index.ts';
import { daysBetween, daySeries, type KnownDay } from './day-series.ts';
import { median } from './order.ts';
import { valueAt } from './value-at.ts';

/** A day that lies far from what its weekday usually brings: a reason to look, never a verdict. */
export interface Anomaly {
  readonly date: PlainDate;
  readonly value: number;
  /** The median of the same weekday in the nine weeks before. */
  readonly usual: number;
  /** Distance in robust standard deviations. */
  readonly score: number;
}

/** How anomalies are looked for. */
export interface AnomalyOptions {
  /** Days from here on, before `until`. */
  readonly from: PlainDate;
  readonly until: PlainDate;
  /** A smaller distance from the usual is not worth a look. */
  readonly amountMin: number;
}

const WEEKS = 9;
const WEEKS_MIN = 4;
const SCORE_MIN = 5;
/** The spread is at least this share of the median, so that a flat history does not make every cent an anomaly. */
const SPREAD_FLOOR = 0.02;
/** Makes a median absolute deviation comparable with a standard deviation. */
const NORMAL = 1.4826;

/**
 * Finds days whose sum is at least five robust deviations from the same weekday of the nine weeks before.
 *
 * On NN5 with k = 5 that is about one a series and month, and finds two thirds of days that double (design: budgets.md 8).
 */
export function findAnomalies(
  days: readonly KnownDay[],
  { from, until, amountMin }: AnomalyOptions,
): readonly Anomaly[] {
  const { first, values } = daySeries(days, until);
  if (first === undefined) return [];
  const found: Anomaly[] = [];
  for (let index = Math.max(0, daysBetween(first, from)); index < values.length; index += 1) {
    const value = valueAt(values, index);
    const before = sameWeekdays(values, index);
    if (Number.isNaN(value) || before.length < WEEKS_MIN) continue;
    const usual = median(before);
    const spread = median(before.map((one) => Math.abs(one - usual))) * NORMAL;
    const score = Math.abs(value - usual) / Math.max(spread, SPREAD_FLOOR * Math.abs(usual));
    if (score >= SCORE_MIN && Math.abs(value - usual) >= amountMin) {
      found.push({ date: addDays(first, index), value, usual, score });
    }
  }
  return found;
}

/** A unit price this many times its own median is no price but a broken row (design: budgets.md 5). */
export const PRICE_TIMES_MAX = 20;

/**
 * Finds days whose price of a unit is more than 20 times its own median of the days before; days without units have none.
 */
export function findPriceJumps(
  cost: readonly KnownDay[],
  units: readonly KnownDay[],
  { from, until }: Pick<AnomalyOptions, 'from' | 'until'>,
): readonly Anomaly[] {
  const counts = new Map(units.map(({ date, value }) => [date, value]));
  const prices = cost.flatMap(({ date, value }) => {
    const count = counts.get(date) ?? null;
    if (value === null || count === null || count <= 0n || date >= until) return [];
    return [{ date, price: Number(value) / Number(count) }];
  });
  const sorted = prices.toSorted((left, right) => (left.date < right.date ? -1 : 1));
  return sorted.flatMap(({ date, price }, index) => {
    if (index < WEEKS_MIN || date < from) return [];
    const usual = median(sorted.slice(0, index).map((one) => one.price));
    const score = price / usual;
    return score > PRICE_TIMES_MAX ? [{ date, value: price, usual, score }] : [];
  });
}

function sameWeekdays(values: Float64Array, index: number): readonly number[] {
  const found: number[] = [];
  for (let week = 1; week <= WEEKS; week += 1) {
    const value = values[index - 7 * week] ?? Number.NaN;
    if (!Number.isNaN(value)) found.push(value);
  }
  return found;
}
