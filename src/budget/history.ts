import {
  dateIn,
  type Decimal,
  durationMs,
  type Instant,
  instantFromMs,
  instantMs,
  type Period,
  type PlainDate,
  startOfDate,
} from '../core/index.ts';
import {
  type Anomaly,
  costMeasure,
  datesBetween,
  findAnomalies,
  findPriceJumps,
  forecastPeriod,
  type KnownDay,
  measureOf,
  type PeriodForecast,
  weekdayProfile,
} from '../metrics/index.ts';
import type { MeasureId, PlanBudget } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';
import { type AmountInForce, amountOf, type Drivers, NO_DRIVERS } from './amount.ts';

/** What the days before say of a period: ready to be judged on, any number of times. */
export interface BudgetOutlook {
  readonly forecast: PeriodForecast | undefined;
  /** The first day whose data is not whole. */
  readonly until: PlainDate;
  readonly days: ReadonlyMap<PlainDate, Decimal | null>;
  /** The weight of each date of the period; undefined before fourteen days are known. */
  readonly profile: ((date: PlainDate) => bigint) | undefined;
  /** Days of the period that are unlike their weekday, and days whose price of a token is no price: reasons to look. */
  readonly anomalies: readonly BudgetAnomaly[];
  /** The dates of the period. */
  readonly dates: readonly PlainDate[];
}

/** A day to look at. */
export interface BudgetAnomaly extends Anomaly {
  readonly what: 'spend' | 'unit-price';
}

/** Models look back on 56 weeks; more days would be asked for and not read. */
const HISTORY = '392d';

/** Gives the span of days that a forecast of a period learns from. */
export const historyPeriod = ({ start, end, zone }: Period): Period => ({
  start: startOfDate(dateIn(instantFromMs(instantMs(start) - durationMs(HISTORY)), zone), zone),
  end,
  zone,
});

/**
 * Looks ahead on a period from the daily sums before it.
 *
 * Only whole days that every source has delivered count, and those older than the budget's `lag`; the newest, open day is
 * left out.
 *
 * @param history the answer to `budgetRequest` for `historyPeriod(period)`.
 */
export function budgetOutlook(
  budget: Pick<PlanBudget, 'amount' | 'amounts' | 'cost' | 'events' | 'lag'>,
  period: Period,
  history: Aggregate,
  {
    now,
    drivers = NO_DRIVERS,
    holidays = [],
  }: {
    readonly now: Instant;
    readonly drivers?: Drivers;
    /** Dates of the plan that are like Sundays. */
    readonly holidays?: readonly string[];
  },
): BudgetOutlook {
  const measure = costMeasure(budget.cost.basis);
  const days = daysOf(history, measure);
  const until = firstOpenDay(history, period, { now, lag: budget.lag });
  const dates = datesBetween(dateIn(period.start, period.zone), dateIn(period.end, period.zone));
  const profile = weekdayProfile(days.slice(-PROFILE_DAYS), until);
  const weights = new Map(dates.map((date) => [date, profile?.(date) ?? 0n]));
  return {
    until,
    dates,
    days: new Map(days.filter(({ date }) => date < until).map(({ date, value }) => [date, value])),
    forecast: forecastPeriod({ days, until, period, events: budget.events ?? [], holidays }),
    profile: profile === undefined ? undefined : (date) => weights.get(date) ?? 0n,
    anomalies: anomaliesOf(amountOf(budget, period, now, drivers), period, {
      days: days.slice(-ANOMALY_DAYS),
      tokens: daysOf(history, 'tokens').slice(-ANOMALY_DAYS),
      until,
    }),
  };
}

const daysOf = ({ days }: Aggregate, measure: MeasureId): readonly KnownDay[] =>
  days.map(({ date, measures }) => {
    const { value, knownRows, totalRows } = measureOf(measures, measure);
    return { date, value: knownRows < totalRows ? null : value };
  });

/** A profile looks back on eight weeks, an anomaly on nine; a month of the period comes on top. */
const PROFILE_DAYS = 56 + 31;
const ANOMALY_DAYS = 63 + 31;

/** A hundredth of the amount: what is smaller is not worth a look. */
const ANOMALY_SHARE = 0.01;
const ANOMALIES_MAX = 8;

function anomaliesOf(
  { amount }: AmountInForce,
  period: Period,
  known: {
    readonly days: readonly KnownDay[];
    readonly tokens: readonly KnownDay[];
    readonly until: PlainDate;
  },
): readonly BudgetAnomaly[] {
  const span = { from: dateIn(period.start, period.zone), until: known.until };
  const amountMin = Number(amount ?? 0) * ANOMALY_SHARE;
  return [
    ...findPriceJumps(known.days, known.tokens, span).map((one) => ({
      ...one,
      what: 'unit-price' as const,
    })),
    ...findAnomalies(known.days, { ...span, amountMin }).map((one) => ({
      ...one,
      what: 'spend' as const,
    })),
  ].slice(0, ANOMALIES_MAX);
}

function firstOpenDay(
  { coverage }: Aggregate,
  { zone }: Period,
  { now, lag = '0s' }: { readonly now: Instant; readonly lag: string | undefined },
): PlainDate {
  const through = coverage.completeThrough ?? now;
  const whole = through < now ? through : now;
  return dateIn(instantFromMs(instantMs(whole) - durationMs(lag)), zone);
}
