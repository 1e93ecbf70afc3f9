import { type Decimal, itemAt, type PlainDate } from '../../core/index.ts';
import { daysBetween, daySeries, type KnownDay } from './day-series.ts';
import { DAYS_MIN } from './ladder.ts';
import { weekdayMean } from './weekday.ts';

/** Whole parts that a day of a profile has on average: enough that rounding decides nothing. */
const PARTS = 1_000_000;

/**
 * Learns how spend spreads over the week: gives each date its weight, a whole number of at least 0, 1,000,000 on average.
 *
 * @returns undefined before fourteen days are known, and where they sum to nothing.
 */
export function weekdayProfile(
  days: readonly KnownDay[],
  until: PlainDate,
): ((date: PlainDate) => bigint) | undefined {
  const { first, values } = daySeries(days, until);
  const known = values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  if (first === undefined || known < DAYS_MIN) return undefined;
  const usual = weekdayMean(values).from(values.length);
  const week = Array.from({ length: 7 }, (_, index) => Math.max(0, usual(index)));
  const sum = week.reduce((total, value) => total + value, 0);
  if (!(sum > 0)) return undefined;
  const weights = week.map((value) => BigInt(Math.round((value / sum) * 7 * PARTS)));
  return (date) => itemAt(weights, ((daysBetween(first, date) % 7) + 7) % 7);
}

/** Sums the known days of `[from, until)`; null when one of them is unknown. */
export function sumOfDays(
  days: ReadonlyMap<PlainDate, Decimal | null>,
  dates: readonly PlainDate[],
): bigint | null {
  let sum = 0n;
  for (const date of dates) {
    const value = days.get(date) ?? null;
    if (value === null) return null;
    sum += value;
  }
  return sum;
}
