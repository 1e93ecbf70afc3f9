import { itemAt } from '../../core/index.ts';
import type { ForecastMethod, SeriesModel } from './model.ts';
import { minimise } from './simplex.ts';
import { valueAt } from './value-at.ts';

/** One member of the family: additive errors; no, a straight or a damped trend; no or an additive season. */
interface Kind {
  readonly id: ForecastMethod;
  readonly trend: 'none' | 'straight' | 'damped';
  readonly isSeasonal: boolean;
}

/** A fitted member with what it takes to look ahead from any origin and to play residuals forward. */
export interface SmoothingModel extends SeriesModel {
  /** One-step errors of the days that are known, in order. */
  readonly residuals: Float64Array;
  /** Plays the given errors forward from the end of the series and gives each step's value. */
  readonly play: (errors: Float64Array) => Float64Array;
}

const KINDS: readonly Kind[] = [
  { id: 'ets-ann', trend: 'none', isSeasonal: false },
  { id: 'ets-aan', trend: 'straight', isSeasonal: false },
  { id: 'ets-aadn', trend: 'damped', isSeasonal: false },
  { id: 'ets-ana', trend: 'none', isSeasonal: true },
  { id: 'ets-aaa', trend: 'straight', isSeasonal: true },
  { id: 'ets-aada', trend: 'damped', isSeasonal: true },
];

/**
 * Fits exponential smoothing with additive errors and picks trend and season by the corrected Akaike criterion (Hyndman and
 * others, Forecasting with exponential smoothing, 2008; first states by heuristics, weights by least squares).
 *
 * @param values the first one known, `NaN` for a gap.
 * @param period the length of a season, 1 for none; a season is tried from three of them on.
 */
export function smoothExponentially(values: Float64Array, period: number): SmoothingModel {
  const kinds = KINDS.filter(
    ({ isSeasonal }) => !isSeasonal || (period > 1 && values.length >= 3 * period),
  );
  const known = values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  const fits = kinds.map((kind) => {
    const fit = fitKind(values, period, kind);
    return { fit, criterion: akaike(fit, known) };
  });
  const best = fits.reduce((left, right) => (right.criterion < left.criterion ? right : left));
  return modelOf(values, best.fit);
}

interface Weights {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
}

interface Fit {
  readonly kind: Kind;
  readonly period: number;
  readonly weights: Weights;
  readonly cost: number;
  readonly parameters: number;
}

function fitKind(values: Float64Array, period: number, kind: Kind): Fit {
  const season = kind.isSeasonal ? period : 1;
  const axes = axesOf(kind);
  const first = firstState(values, season, kind);
  const scratch = new Float64Array(season);
  const costOf = (at: readonly number[]): number =>
    costOfRun(values, weightsOf(kind, at), first, scratch);
  const found = minimise(
    costOf,
    axes.map(({ start }) => start),
    axes.map(({ box }) => box),
    EVALUATIONS_MAX,
  );
  return {
    kind,
    period: season,
    weights: weightsOf(kind, found),
    cost: costOf(found),
    parameters: axes.length + 1 + (kind.trend === 'none' ? 0 : 1) + (season > 1 ? season - 1 : 0),
  };
}

/** More gain nothing on the benchmark series. */
const EVALUATIONS_MAX = 60;

const axesOf = (
  kind: Kind,
): readonly { readonly start: number; readonly box: [number, number] }[] => [
  { start: 0.2, box: [0.0001, 0.9999] },
  ...(kind.trend === 'none' ? [] : [{ start: 0.05, box: [0.0001, 0.9] as [number, number] }]),
  ...(kind.isSeasonal ? [{ start: 0.1, box: [0.0001, 0.9] as [number, number] }] : []),
  ...(kind.trend === 'damped' ? [{ start: 0.95, box: [0.8, 0.98] as [number, number] }] : []),
];

/** Trend and season learn from what the level leaves: β = α × at, γ = (1 − α) × at, which keeps them in the usual region. */
function weightsOf(kind: Kind, at: readonly number[]): Weights {
  const alpha = itemAt(at, 0);
  const beta = kind.trend === 'none' ? 0 : alpha * itemAt(at, 1);
  const gamma = kind.isSeasonal ? (1 - alpha) * itemAt(at, kind.trend === 'none' ? 1 : 2) : 0;
  const phi = kind.trend === 'damped' ? itemAt(at, at.length - 1) : 1;
  return { alpha, beta, gamma, phi };
}

interface State {
  readonly level: number;
  readonly trend: number;
  readonly season: readonly number[];
}

/** The level and season of the first weeks; the slope between the first two of four. */
function firstState(values: Float64Array, season: number, kind: Kind): State {
  const span = Math.max(season, 1) * Math.max(2, Math.ceil(10 / Math.max(season, 1)));
  const early = meanOf(values, 0, span);
  const late = meanOf(values, span, 2 * span);
  const slope = kind.trend === 'none' || Number.isNaN(late) ? 0 : (late - early) / span;
  const sums = Array.from({ length: season }, () => ({ sum: 0, count: 0 }));
  for (let index = 0; index < Math.min(values.length, 2 * span); index += 1) {
    const value = valueAt(values, index);
    if (Number.isNaN(value)) continue;
    const phase = itemAt(sums, index % season);
    phase.sum += value - (index < span ? early : late);
    phase.count += 1;
  }
  return {
    level: early - (slope * span) / 2,
    trend: slope,
    season: season === 1 ? [0] : sums.map(({ sum, count }) => (count === 0 ? 0 : sum / count)),
  };
}

function meanOf(values: Float64Array, from: number, until: number): number {
  const known = values.slice(from, until).filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Tracks of a run: the state before each index; `seasons` holds the newest value of each phase as it was set. */
interface Path {
  readonly levels: Float64Array;
  readonly trends: Float64Array;
  /** At index + period: what the index set for its phase; the first `period` are the first state's. */
  readonly seasons: Float64Array;
}

/** What the errors of a run sum to, squared; asked hundreds of times a series, so that it keeps no tracks. */
function costOfRun(
  values: Float64Array,
  { alpha, beta, gamma, phi }: Weights,
  first: State,
  season: Float64Array,
): number {
  const period = season.length;
  season.set(first.season);
  let { level, trend } = first;
  let cost = 0;
  for (let index = 0, phase = 0; index < values.length; index += 1) {
    trend *= phi;
    level += trend;
    const seasonal = valueAt(season, phase);
    const error = valueAt(values, index) - level - seasonal;
    // A gap moves the trend on and teaches nothing.
    if (error === error) {
      cost += error * error;
      level += alpha * error;
      trend += beta * error;
      season[phase] = seasonal + gamma * error;
    }
    phase = phase + 1 === period ? 0 : phase + 1;
  }
  return cost;
}

/** Runs along the values once more and keeps the state before each index. */
function trackRun(
  values: Float64Array,
  { alpha, beta, gamma, phi }: Weights,
  first: State,
  path: Path,
): void {
  const period = first.season.length;
  let { level, trend } = first;
  path.seasons.set(first.season);
  for (let index = 0; index < values.length; index += 1) {
    path.levels[index] = level;
    path.trends[index] = trend;
    trend *= phi;
    level += trend;
    const seasonal = valueAt(path.seasons, index);
    const error = valueAt(values, index) - level - seasonal;
    const known = error === error ? error : 0;
    level += alpha * known;
    trend += beta * known;
    path.seasons[index + period] = seasonal + gamma * known;
  }
  path.levels[values.length] = level;
  path.trends[values.length] = trend;
}

/** A series without error, such as a constant one, is as likely under all: the fewest parameters win. */
function akaike({ cost, parameters }: Fit, count: number): number {
  const penalty =
    2 * parameters + (2 * parameters * (parameters + 1)) / Math.max(1, count - parameters - 1);
  return count * Math.log(Math.max(cost / Math.max(1, count), Number.MIN_VALUE)) + penalty;
}

function modelOf(values: Float64Array, fit: Fit): SmoothingModel {
  const { weights, period } = fit;
  const size = values.length;
  const path: Path = {
    levels: new Float64Array(size + 1),
    trends: new Float64Array(size + 1),
    seasons: new Float64Array(size + period),
  };
  trackRun(values, weights, firstState(values, period, fit.kind), path);
  const from = (origin: number) => lookAhead(path, { origin, period, phi: weights.phi });
  return {
    id: fit.kind.id,
    from,
    residuals: residualsOf(values, path, fit),
    play: (errors) => play(errors, path, fit),
  };
}

function lookAhead(
  path: Path,
  at: { readonly origin: number; readonly period: number; readonly phi: number },
): (index: number) => number {
  const { origin, period, phi } = at;
  const level = valueAt(path.levels, origin);
  const trend = valueAt(path.trends, origin);
  return (index) => {
    const steps = index - origin + 1;
    const reach = phi === 1 ? steps : (phi * (1 - phi ** steps)) / (1 - phi);
    return level + reach * trend + valueAt(path.seasons, newest(index, origin, period));
  };
}

/** Where the newest value of an index's phase stands that was set before the origin. */
const newest = (index: number, origin: number, period: number): number =>
  index - period * Math.floor((index - origin) / period);

function residualsOf(values: Float64Array, path: Path, { weights, period }: Fit): Float64Array {
  const errors = values.map(
    (value, index) =>
      value -
      valueAt(path.levels, index) -
      weights.phi * valueAt(path.trends, index) -
      valueAt(path.seasons, newest(index, index, period)),
  );
  // The first states are guesses; their errors are not those of the model.
  const settled = errors.slice(Math.min(2 * period, errors.length >> 1));
  return settled.filter((error) => !Number.isNaN(error));
}

function play(errors: Float64Array, path: Path, { weights, period }: Fit): Float64Array {
  const origin = path.levels.length - 1;
  const { alpha, beta, gamma, phi } = weights;
  const season = path.seasons.slice(origin, origin + period);
  const played = new Float64Array(errors.length);
  let level = valueAt(path.levels, origin);
  let trend = valueAt(path.trends, origin);
  for (let step = 0, phase = 0; step < errors.length; step += 1) {
    const error = valueAt(errors, step);
    const damped = phi * trend;
    const seasonal = valueAt(season, phase);
    played[step] = level + damped + seasonal + error;
    level += damped + alpha * error;
    trend = damped + beta * error;
    season[phase] = seasonal + gamma * error;
    phase = phase + 1 === period ? 0 : phase + 1;
  }
  return played;
}
