/** The level that simple exponential smoothing ends at, with the weight that it found. */
export interface SmoothedLevel {
  readonly alpha: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Fits simple exponential smoothing by least squares over its weight and its first level; gaps are passed over, and one value
 * at least is known.
 *
 * For a given weight every error is linear in the first level, so that level is solved, not searched (Hyndman and
 * Athanasopoulos, Forecasting: principles and practice, 8.1).
 */
export function smoothSimply(values: Float64Array): SmoothedLevel {
  let best = smoothWith(values, 0.05);
  for (let alpha = 0.1; alpha < 1; alpha += 0.05) best = better(best, smoothWith(values, alpha));
  for (let width = 0.025; width > 0.0005; width /= 2) {
    best = better(best, smoothWith(values, Math.max(0.0001, best.alpha - width)));
    best = better(best, smoothWith(values, Math.min(0.9999, best.alpha + width)));
  }
  return best;
}

interface Fit extends SmoothedLevel {
  readonly cost: number;
}

const better = (left: Fit, right: Fit): Fit => (right.cost < left.cost ? right : left);

function smoothWith(values: Float64Array, alpha: number): Fit {
  // error = a + b × first, level = p + q × first
  let [p, q, aa, ab, bb] = [0, 1, 0, 0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const a = value - p;
    aa += a * a;
    ab -= a * q;
    bb += q * q;
    p += alpha * a;
    q -= alpha * q;
  }
  const first = -ab / bb;
  return { alpha, first, last: p + q * first, cost: aa + 2 * ab * first + bb * first * first };
}
