import { type BackTest, backTest } from './back-test.ts';
import { ladderOf } from './ladder.ts';
import type { ForecastMethod } from './model.ts';
import { quantile } from './order.ts';
import { deviationPaths, endsOf, spreadEvenly } from './paths.ts';
import { valueAt } from './value-at.ts';

/** What a series' own past says about its next days. */
export interface Outlook {
  /** `pool`, or the model that beat it on this series. */
  readonly method: ForecastMethod;
  /** `low` before eight weeks of days are known. */
  readonly confidence: 'normal' | 'low';
  /** The expected value of each day ahead. */
  readonly daily: Float64Array;
  /** The expected sum of the days ahead. */
  readonly sum: number;
  /** Equally likely sums, ascending: half of played residuals, half of earlier errors. */
  readonly samples: readonly number[];
  /** Sums up to each day along equally likely paths, in rows of `daily.length`. */
  readonly paths: readonly Float64Array[];
  readonly backTest: BackTest;
  /** Days that are known. */
  readonly known: number;
}

/** Fifty-six weeks are enough for the models; more only makes them slower. */
const HISTORY_MAX = 392;

/** Paths that are played, and samples of either half of the band. */
export const PATHS = 200;

/**
 * Looks ahead on a series of days.
 *
 * @param series one value a day, oldest first, `NaN` for a gap, the first one known; index 0 and 7 are the same weekday.
 * @param horizon days ahead, at least 1.
 * @returns undefined before fourteen days are known: too little to say anything.
 * @example
 * lookAhead(Float64Array.from({ length: 60 }, () => 5), 10)?.sum // → 50
 */
export function lookAhead(series: Float64Array, horizon: number): Outlook | undefined {
  const values = fromFirstKnown(series.slice(-HISTORY_MAX));
  const ladder = ladderOf(values, horizon);
  if (ladder === undefined) return undefined;
  const { model, confidence, known } = ladder;
  const ahead = model.from(values.length);
  const daily = Float64Array.from({ length: horizon }, (_, step) => ahead(values.length + step));
  const sum = daily.reduce((total, value) => total + value, 0);
  const deviations = deviationPaths(values, ladder, { horizon, count: PATHS });
  const ends = endsOf(deviations);
  const tested = backTest({ values, horizon, errors: ladder.errors, ends });
  const factor = tested.widenedBy;
  const errors = ladder.errors.map(({ actual, forecast }) => actual - forecast);
  const half = errors.length < ERRORS_MIN ? ends : spreadEvenly(errors, PATHS);
  return {
    method: model.id,
    confidence,
    daily,
    sum,
    samples: [...ends, ...half].map((one) => sum + factor * one).toSorted((a, b) => a - b),
    paths: deviations.map((path) => addPath(daily, path, factor)),
    backTest: tested,
    known,
  };
}

/** Gives the band's 10th, 50th and 90th percentile of the sum of the days ahead. */
export const bandOf = ({
  samples,
}: Pick<Outlook, 'samples'>): readonly [number, number, number] => [
  quantile(samples, 0.1),
  quantile(samples, 0.5),
  quantile(samples, 0.9),
];

/**
 * Says on which day ahead the sum reaches `rest`: as expected, and the first day by which four paths in five have.
 *
 * 0 is the first day ahead; null where it does not happen within the horizon.
 */
export function exhaustion(
  { daily, paths }: Pick<Outlook, 'daily' | 'paths'>,
  rest: number,
): { readonly expected: number | null; readonly likely: number | null } {
  let sum = 0;
  const expected = daily.findIndex((value) => {
    sum += value;
    return sum >= rest;
  });
  const likely = daily.findIndex((_, step) => {
    const reached = paths.reduce((count, path) => count + (valueAt(path, step) >= rest ? 1 : 0), 0);
    return reached >= LIKELY * paths.length;
  });
  return { expected: expected < 0 ? null : expected, likely: likely < 0 ? null : likely };
}

/** What was cut off may leave a gap in front; models start from a day that is known. */
const fromFirstKnown = (values: Float64Array): Float64Array =>
  values.slice(
    Math.max(
      0,
      values.findIndex((value) => !Number.isNaN(value)),
    ),
  );

const LIKELY = 0.8;
/** With fewer earlier errors than this, their spread is chance; the played half stands for both. */
const ERRORS_MIN = 8;

function addPath(daily: Float64Array, deviation: Float64Array, factor: number): Float64Array {
  const path = new Float64Array(daily.length);
  let sum = 0;
  for (let step = 0; step < daily.length; step += 1) {
    sum += valueAt(daily, step);
    path[step] = sum + factor * valueAt(deviation, step);
  }
  return path;
}
