import type { SeriesModel } from './model.ts';
import { isSeasonal, seasonFactors } from './season.ts';
import { smoothSimply } from './simple-smoothing.ts';
import { valueAt } from './value-at.ts';

/**
 * Fits the theta method: half a straight line, half simple smoothing of the series bent away from it, on seasonally adjusted
 * values (Assimakopoulos and Nikolopoulos 2000, in the form of the M4 benchmarks).
 *
 * @param values the first one known, `NaN` for a gap.
 * @param period the length of a season, 1 for none.
 */
export function theta(values: Float64Array, period: number): SeriesModel {
  const factors = Float64Array.from(
    isSeasonal(values, period) ? seasonFactors(values, period) : [1],
  );
  const adjusted = values.map((value, index) => value / valueAt(factors, index % factors.length));
  const line = lineAt(tracks(adjusted, 0), adjusted.length);
  const bent = adjusted.map((value, index) => 2 * value - line.intercept - line.slope * index);
  const { alpha, first } = smoothSimply(bent);
  const track = tracks(adjusted, alpha);
  return {
    id: 'theta',
    from: (origin) => {
      const { intercept, slope } = lineAt(track, origin);
      const fade = valueAt(track.fade, origin);
      const level =
        2 * valueAt(track.level, origin) -
        intercept * (1 - fade) -
        slope * valueAt(track.ramp, origin) +
        fade * first;
      return (index) =>
        valueAt(factors, index % factors.length) * 0.5 * (level + intercept + slope * index);
    },
  };
}

interface Line {
  readonly intercept: number;
  readonly slope: number;
}

/**
 * What smoothing with one weight makes of the values, of the ramp 0, 1, 2…, and of the first level, before each index.
 * Smoothing is linear, so the smoothed bent line of any origin is a combination of the three.
 */
interface Tracks {
  readonly level: Float64Array;
  readonly ramp: Float64Array;
  readonly fade: Float64Array;
  readonly sums: {
    readonly count: Float64Array;
    readonly x: Float64Array;
    readonly y: Float64Array;
    readonly xx: Float64Array;
    readonly xy: Float64Array;
  };
}

function tracks(values: Float64Array, alpha: number): Tracks {
  const empty = (): Float64Array => new Float64Array(values.length + 1);
  const [level, ramp, fade] = [empty(), empty(), empty()];
  const sums = { count: empty(), x: empty(), y: empty(), xx: empty(), xy: empty() };
  fade[0] = 1;
  let now = { level: 0, ramp: 0, fade: 1, count: 0, x: 0, y: 0, xx: 0, xy: 0 };
  for (const [index, value] of values.entries()) {
    if (!Number.isNaN(value)) {
      now = {
        level: now.level + alpha * (value - now.level),
        ramp: now.ramp + alpha * (index - now.ramp),
        fade: now.fade * (1 - alpha),
        count: now.count + 1,
        x: now.x + index,
        y: now.y + value,
        xx: now.xx + index * index,
        xy: now.xy + index * value,
      };
    }
    const next = index + 1;
    level[next] = now.level;
    ramp[next] = now.ramp;
    fade[next] = now.fade;
    sums.count[next] = now.count;
    sums.x[next] = now.x;
    sums.y[next] = now.y;
    sums.xx[next] = now.xx;
    sums.xy[next] = now.xy;
  }
  return { level, ramp, fade, sums };
}

function lineAt({ sums }: Tracks, origin: number): Line {
  return solve({
    count: valueAt(sums.count, origin),
    x: valueAt(sums.x, origin),
    y: valueAt(sums.y, origin),
    xx: valueAt(sums.xx, origin),
    xy: valueAt(sums.xy, origin),
  });
}

function solve(sum: { count: number; x: number; y: number; xx: number; xy: number }): Line {
  const spread = sum.count * sum.xx - sum.x * sum.x;
  const slope = spread === 0 ? 0 : (sum.count * sum.xy - sum.x * sum.y) / spread;
  return { intercept: (sum.y - slope * sum.x) / sum.count, slope };
}
