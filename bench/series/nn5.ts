import { bandOf, lookAhead } from '../../src/metrics/forecast/outlook.ts';
import { fitPool } from '../../src/metrics/forecast/pool.ts';
import { wape } from '../../src/metrics/forecast/scores.ts';
import { isWhole, sumOf, wholeMonths } from './months.ts';
import { type DailySeries, readNn5 } from './read.ts';

/** Days of a month at which its total is forecast. */
export const DAYS = [3, 5, 7, 10, 14, 21] as const;

/** The design's table: the pool's error of the month's total in percent, by day (budgets.md 8). */
export const TABLE: Readonly<Record<(typeof DAYS)[number], number>> = {
  3: 7.4,
  5: 6.5,
  7: 5.9,
  10: 5.6,
  14: 4.6,
  21: 4.2,
};

/** One forecast of one month. */
interface Trial {
  readonly day: number;
  readonly actual: number;
  readonly spent: number;
  readonly pool: number;
  readonly runRate: number;
  readonly chosen: number;
  readonly isHeld: boolean;
}

/** Months from the fourth on, without a gap: 1,663 of them. */
const FIRST = '1996-07';

/** Forecasts each whole month of the series at each day; `every` takes each nth series alone. */
export function tryMonths(every = 1): readonly Trial[] {
  return readNn5()
    .filter((_, index) => index % every === 0)
    .flatMap((series) =>
      wholeMonths(series)
        .filter((month) => month.id >= FIRST && isWhole(series, month))
        .flatMap((month) => DAYS.map((day) => tryMonth(series, month, day))),
    );
}

function tryMonth(
  series: DailySeries,
  { from, until }: { readonly from: number; readonly until: number },
  day: number,
): Trial {
  const origin = from + day;
  const history = series.values.slice(0, origin);
  const spent = sumOf(series, from, origin);
  const actual = sumOf(series, from, until);
  const ahead = fitPool(history).middle.from(origin);
  let pool = spent;
  for (let index = origin; index < until; index += 1) pool += ahead(index);
  const outlook = lookAhead(history, until - origin)!;
  const [low, , high] = bandOf(outlook);
  const rest = actual - spent;
  return {
    day,
    actual,
    spent,
    pool,
    runRate: (spent / day) * (until - from),
    chosen: spent + outlook.sum,
    isHeld: low <= rest && rest <= high,
  };
}

/** Gives the error of the months' totals at a day, in percent. */
export const errorAt = (
  trials: readonly Trial[],
  day: number,
  of: 'pool' | 'runRate' | 'chosen',
): number =>
  100 *
  wape(
    trials
      .filter((trial) => trial.day === day)
      .map((trial) => ({ actual: trial.actual, forecast: trial[of] })),
  );

/** Gives the share of the 80 % bands that held what came, in percent. */
export const coverageOf = (trials: readonly Trial[]): number =>
  (100 * trials.filter(({ isHeld }) => isHeld).length) / trials.length;
