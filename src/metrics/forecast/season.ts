import { valueAt } from './value-at.ts';

/**
 * Tells whether a series repeats every `period` steps: its autocorrelation there lies beyond the 90 % bound (the test of
 * the M4 competition's benchmarks).
 */
export function isSeasonal(values: Float64Array, period: number): boolean {
  if (period < 2 || values.length < 3 * period) return false;
  const centred = centre(values);
  let spread = 0;
  for (const value of centred) spread += value * value;
  if (spread === 0) return false;
  let squares = 0;
  for (let lag = 1; lag < period; lag += 1) squares += (products(centred, lag) / spread) ** 2;
  const bound = 1.645 * Math.sqrt((1 + 2 * squares) / values.length);
  return Math.abs(products(centred, period) / spread) > bound;
}

/**
 * Gives the factor of each phase by classical decomposition: the mean ratio to the centred moving average, scaled to a mean
 * of 1; all ones where a factor would not be positive.
 */
export function seasonFactors(values: Float64Array, period: number): readonly number[] {
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  const half = period >> 1;
  for (let index = half; index < values.length - half; index += 1) {
    const ratio = valueAt(values, index) / movingAverage(values, index, period);
    if (!Number.isFinite(ratio)) continue;
    const phase = index % period;
    sums[phase] = valueAt(sums, phase) + ratio;
    counts[phase] = valueAt(counts, phase) + 1;
  }
  const raw = [...sums].map((sum, phase) => sum / valueAt(counts, phase));
  const scale = raw.reduce((sum, factor) => sum + factor, 0) / period;
  const factors = raw.map((factor) => factor / scale);
  return factors.every((factor) => factor > 0) ? factors : factors.map(() => 1);
}

/** An even window has half a weight at either end; of a window with gaps, the known values count. */
function movingAverage(values: Float64Array, centre: number, period: number): number {
  const half = period >> 1;
  let [sum, weights] = [0, 0];
  for (let index = centre - half; index <= centre + half; index += 1) {
    const isEnd = period % 2 === 0 && Math.abs(index - centre) === half;
    const value = valueAt(values, index);
    if (Number.isNaN(value)) continue;
    sum += value * (isEnd ? 0.5 : 1);
    weights += isEnd ? 0.5 : 1;
  }
  return sum / weights;
}

/** A gap becomes the mean, which adds nothing. */
function centre(values: Float64Array): Float64Array {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return values.map((value) => (Number.isNaN(value) ? 0 : value - mean));
}

function products(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let index = lag; index < values.length; index += 1) {
    sum += valueAt(values, index) * valueAt(values, index - lag);
  }
  return sum;
}
