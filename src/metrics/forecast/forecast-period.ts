import {
  addDays,
  dateIn,
  type Decimal,
  fromAtto,
  type Period,
  type PlainDate,
} from '../../core/index.ts';
import type { BackTest } from './back-test.ts';
import { daysBetween, daySeries, type KnownDay } from './day-series.ts';
import { bandOf, exhaustion, lookAhead, type Outlook } from './outlook.ts';
import type { ForecastMethod } from './model.ts';
import { weekdayMedian } from './weekday.ts';
import { valueAt } from './value-at.ts';

/** A change that the plan expects, in the form of `budgets[].events`. */
export interface ExpectedEvent {
  readonly from: string;
  /** The first day that it no longer concerns; without it, it stays. */
  readonly until?: string;
  /** `+30%` of each day, or an amount a day. */
  readonly delta: string;
}

/** What a forecast rests on; the same input gives the same forecast, byte for byte. */
export interface ForecastInput {
  /** Two years of days are more than enough; those of the period are among them. */
  readonly days: readonly KnownDay[];
  /** The first day whose data is not whole: nothing from it on is learnt. */
  readonly until: PlainDate;
  readonly period: Period;
  readonly events?: readonly ExpectedEvent[];
  /** Dates that are like Sundays, whatever weekday they fall on: nothing is learnt from them, and none is expected as its weekday. */
  readonly holidays?: readonly string[];
}

/** What is to come of a period, with how good such forecasts were on this very series. */
export interface PeriodForecast {
  readonly method: ForecastMethod;
  readonly confidence: 'normal' | 'low';
  /** Days of history that are known. */
  readonly days: number;
  /** Days of the period that are expected: those ahead, and those that are missing. */
  readonly daysExpected: number;
  /** What the expected days sum to, events included. */
  readonly rest: number;
  /** The part of `rest` that events add. */
  readonly events: number;
  /** 10th, 50th and 90th percentile of `rest`. */
  readonly band: readonly [low: number, middle: number, high: number];
  /** Equally likely values of `rest`, ascending. */
  readonly samples: readonly number[];
  /** The day on which `rest` reaches an amount: as expected, and the first by which four paths in five have. */
  readonly exhaustion: (amount: number) => {
    readonly expectedOn: PlainDate | null;
    readonly likelyOn: PlainDate | null;
  };
  readonly backTest: BackTest;
}

/**
 * Forecasts what is to come of a period from the daily sums of a scope.
 *
 * The newest day, still open, and days inside the source's lag are the caller's to leave out by `until`. Days of the period
 * before it that are missing are expected as the median of their weekday, because unknown is not zero.
 *
 * @returns undefined before fourteen days are known, and when no day of the period is left to expect.
 */
export function forecastPeriod(input: ForecastInput): PeriodForecast | undefined {
  const { period, until } = input;
  const { first, values } = daySeries(input.days, until);
  const end = dateIn(period.end, period.zone);
  const start = dateIn(period.start, period.zone);
  const from = until > start ? until : start;
  if (first === undefined || end <= until) return undefined;
  const holidays = holidaysOf(input.holidays ?? []);
  const outlook = lookAhead(withoutHolidays(values, first, holidays), daysBetween(until, end));
  if (outlook === undefined) return undefined;
  // A period that has not begun starts some days ahead of the data.
  const ahead = fromStep(outlook, daysBetween(until, from));
  const missing = missingSum(values, first, start);
  const overlay = overlayOf(input.events ?? [], from, { ahead, until });
  const quiet = quietOverlay(values, first, { ahead, from, holidays });
  const fixed = missing.sum + overlay.total + quiet.total;
  const [low, middle, high] = bandOf(ahead);
  return {
    method: outlook.method,
    confidence: outlook.confidence,
    days: outlook.known,
    daysExpected: missing.count + ahead.daily.length,
    rest: ahead.sum + fixed,
    events: overlay.total,
    band: [low + fixed, middle + fixed, high + fixed],
    samples: ahead.samples.map((sample) => sample + fixed),
    exhaustion: exhaustionOf(ahead, {
      missing: missing.sum,
      overlay: addOverlays(overlay, quiet),
      from,
    }),
    backTest: outlook.backTest,
  };
}

/** Gives the probability that at least `amount` more is spent in the period, 0 to 1. */
export const chanceOfReaching = (
  { samples }: Pick<PeriodForecast, 'samples'>,
  amount: number,
): number =>
  samples.reduce((count, sample) => count + (sample >= amount ? 1 : 0), 0) / samples.length;

/** Rounds an estimate to a decimal of six places, for a record; what is finer would claim too much. */
export function estimate(value: number): Decimal {
  const rounded = Math.round(value * 1e6);
  // Beyond 2⁵³ the product has no fraction left to round.
  return fromAtto(BigInt(rounded) * 10n ** 12n);
}

type Ahead = Pick<Outlook, 'daily' | 'sum' | 'samples' | 'paths'>;

function fromStep(outlook: Outlook, skipped: number): Ahead {
  if (skipped <= 0) return outlook;
  const before = outlook.daily.slice(0, skipped).reduce((sum, value) => sum + value, 0);
  return {
    daily: outlook.daily.slice(skipped),
    sum: outlook.sum - before,
    samples: outlook.samples.map((sample) => sample - before),
    paths: outlook.paths.map((path) =>
      path.slice(skipped).map((value) => value - valueAt(path, skipped - 1)),
    ),
  };
}

/** Days of the period that should be known and are not, each as the median of its weekday. */
function missingSum(
  values: Float64Array,
  first: PlainDate,
  start: PlainDate,
): { readonly sum: number; readonly count: number } {
  const usual = weekdayMedian(values).from(values.length);
  let [sum, count] = [0, 0];
  // Days before the first that is known are no gap of the data: nobody measured then.
  for (let index = Math.max(0, daysBetween(first, start)); index < values.length; index += 1) {
    if (!Number.isNaN(values[index])) continue;
    sum += usual(index);
    count += 1;
  }
  return { sum, count };
}

interface Overlay {
  readonly total: number;
  readonly byDay: Float64Array;
}

/** An event that has begun is in the data already; its effect is measured, not expected. */
function overlayOf(
  events: readonly ExpectedEvent[],
  from: PlainDate,
  { ahead, until }: { readonly ahead: Ahead; readonly until: PlainDate },
): Overlay {
  const byDay = new Float64Array(ahead.daily.length);
  for (const event of events.filter((one) => one.from >= until)) {
    for (let step = 0; step < byDay.length; step += 1) {
      const date = addDays(from, step);
      if (date < event.from || (event.until !== undefined && date >= event.until)) continue;
      const delta = Number.parseFloat(event.delta);
      const added = event.delta.endsWith('%') ? (valueAt(ahead.daily, step) * delta) / 100 : delta;
      byDay[step] = valueAt(byDay, step) + added;
    }
  }
  return { byDay, total: byDay.reduce((sum, value) => sum + value, 0) };
}

/** Sundays among them are Sundays already. */
const holidaysOf = (dates: readonly string[]): ReadonlySet<string> =>
  new Set(dates.filter((date) => daysToSunday(date) > 0));

const daysToSunday = (date: string): number => (7 - new Date(`${date}T00:00:00Z`).getUTCDay()) % 7;

function withoutHolidays(
  values: Float64Array,
  first: PlainDate,
  holidays: ReadonlySet<string>,
): Float64Array {
  const kept = values.slice();
  for (const date of holidays) {
    const index = daysBetween(first, date as PlainDate);
    if (index >= 0 && index < kept.length) kept[index] = Number.NaN;
  }
  return kept;
}

/** What holidays ahead bring less than their weekday: the median Sunday instead. */
function quietOverlay(
  values: Float64Array,
  first: PlainDate,
  at: { readonly ahead: Ahead; readonly from: PlainDate; readonly holidays: ReadonlySet<string> },
): Overlay {
  const usual = weekdayMedian(values).from(values.length);
  const byDay = at.ahead.daily.map((value, step) => {
    const date = addDays(at.from, step);
    if (!at.holidays.has(date)) return 0;
    return usual(daysBetween(first, date) + daysToSunday(date)) - value;
  });
  return { byDay, total: byDay.reduce((sum, value) => sum + value, 0) };
}

const addOverlays = (left: Overlay, right: Overlay): Overlay => ({
  byDay: left.byDay.map((value, step) => value + valueAt(right.byDay, step)),
  total: left.total + right.total,
});

/** Lays the events over the paths once; the dates of any amount are then found by looking along them. */
function exhaustionOf(
  ahead: Ahead,
  at: { readonly missing: number; readonly overlay: Overlay; readonly from: PlainDate },
): PeriodForecast['exhaustion'] {
  const added = runningSums(at.overlay.byDay);
  const daily = ahead.daily.map((value, step) => value + valueAt(at.overlay.byDay, step));
  const paths = ahead.paths.map((path) => path.map((value, step) => value + valueAt(added, step)));
  return (amount) => {
    const { expected, likely } = exhaustion({ daily, paths }, amount - at.missing);
    return {
      expectedOn: expected === null ? null : addDays(at.from, expected),
      likelyOn: likely === null ? null : addDays(at.from, likely),
    };
  };
}

function runningSums(values: Float64Array): Float64Array {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}
