import { itemAt } from '../../core/index.ts';
import { quantile } from './order.ts';
import type { OriginError } from './rolling-origin.ts';
import { wape } from './scores.ts';
import { valueAt } from './value-at.ts';

/** How the method would have done on this series at earlier days, over as many days ahead. */
export interface BackTest {
  readonly origins: number;
  /** Σ|error| ÷ Σ|actual| of the sums, 1.0-based; null where no origin could be looked at. */
  readonly wape: number | null;
  /** Mean error in units of repeating last week; below 1 is better than that. Null where there is nothing to compare. */
  readonly mase: number | null;
  /** Σ(forecast − actual) ÷ Σ|actual|: positive is too high. */
  readonly bias: number | null;
  /** Share of earlier sums that the 80 % band of that day held; null with too few to tell. */
  readonly coverage: number | null;
  /** The factor by which the band was widened because it had held too little; 1 for none. */
  readonly widenedBy: number;
}

/**
 * Scores the errors of earlier origins, and the band as it would have been drawn at them: from the errors that were known by
 * then, and the played residuals.
 */
export function backTest(input: {
  readonly values: Float64Array;
  readonly horizon: number;
  readonly errors: readonly OriginError[];
  /** Deviations of the played sums. */
  readonly ends: readonly number[];
}): BackTest {
  const { errors } = input;
  if (errors.length === 0) return UNTESTED;
  const ratios = bandRatios(input);
  const coverage =
    ratios.length < CHECKS_MIN ? null : ratios.filter((one) => one <= 1).length / ratios.length;
  const size = errors.reduce((sum, { actual }) => sum + Math.abs(actual), 0);
  const drift = errors.reduce((sum, { actual, forecast }) => sum + forecast - actual, 0);
  return {
    origins: errors.length,
    wape: known(wape(errors)),
    mase: known(scaledError(input)),
    bias: known(drift / size),
    coverage,
    widenedBy: coverage !== null && coverage < COVERAGE_MIN ? widening(ratios) : 1,
  };
}

const UNTESTED: BackTest = {
  origins: 0,
  wape: null,
  mase: null,
  bias: null,
  coverage: null,
  widenedBy: 1,
};

const WEEK = 7;
/** Fewer checks of the band tell nothing. */
const CHECKS_MIN = 12;
/** Below this an 80 % band does not deserve its name. */
const COVERAGE_MIN = 0.65;
const WIDENING_MAX = 3;

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Adaptive conformal inference in its simplest form: as wide as would have held four in five. */
const widening = (ratios: readonly number[]): number =>
  Math.min(
    WIDENING_MAX,
    Math.max(
      1,
      quantile(
        ratios.toSorted((left, right) => left - right),
        0.8,
      ),
    ),
  );

/** How far out each earlier actual lay: 1 is the edge of the band of that day. Each second origin; the others say the same. */
function bandRatios({
  horizon,
  errors,
  ends,
}: Pick<Parameters<typeof backTest>[0], 'horizon' | 'errors' | 'ends'>): readonly number[] {
  const ratios: number[] = [];
  const played = ends.toSorted((left, right) => left - right);
  const inner = [quantile(played, 0.1), quantile(played, 0.9)] as const;
  for (let at = errors.length - 1; at >= 0; at -= 2) {
    const now = itemAt(errors, at);
    const before = errors.filter(({ origin }) => origin + horizon <= now.origin);
    const offsets = before.map(({ actual, forecast }) => actual - forecast);
    const [low, high] = edges(inner, offsets);
    const error = now.actual - now.forecast;
    ratios.push(error === 0 ? 0 : error > 0 ? error / Math.max(high, 0) : error / Math.min(low, 0));
  }
  return ratios;
}

/** The band is the mean of both halves' edges; without earlier errors, the played half alone. */
function edges(
  played: readonly [number, number],
  offsets: readonly number[],
): readonly [number, number] {
  if (offsets.length === 0) return played;
  const past = offsets.toSorted((left, right) => left - right);
  return [(played[0] + quantile(past, 0.1)) / 2, (played[1] + quantile(past, 0.9)) / 2];
}

function scaledError({
  values,
  horizon,
  errors,
}: Pick<Parameters<typeof backTest>[0], 'values' | 'horizon' | 'errors'>): number {
  let [own, naive] = [0, 0];
  for (const { origin, actual, forecast } of errors) {
    const repeated = repeatLastWeek(values, origin, horizon);
    if (Number.isNaN(repeated)) continue;
    own += Math.abs(actual - forecast);
    naive += Math.abs(actual - repeated);
  }
  return naive === 0 ? Number.NaN : own / naive;
}

/** `NaN` where a day of the last week is a gap. */
function repeatLastWeek(values: Float64Array, origin: number, horizon: number): number {
  let sum = 0;
  for (let step = 0; step < horizon; step += 1)
    sum += valueAt(values, origin - WEEK + (step % WEEK));
  return sum;
}
