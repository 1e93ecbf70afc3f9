import type { SeriesModel } from './model.ts';
import { isSeasonal, seasonFactors } from './season.ts';
import { smoothSimply } from './simple-smoothing.ts';

/**
 * Fits the theta method: half a straight line, half simple smoothing of the series bent away from it, on seasonally adjusted
 * values (Assimakopoulos and Nikolopoulos 2000, in the form of the M4 benchmarks).
 *
 * @param period the length of a season, 1 for none.
 */
export function theta(values: Float64Array, period: number): SeriesModel {
  const factors = isSeasonal(values, period) ? seasonFactors(values, period) : [1];
  const adjusted = values.map((value, index) => value / (factors[index % factors.length] ?? 1));
  const line = lineAt(tracks(adjusted, 0), adjusted.length);
  const bent = adjusted.map((value, index) => 2 * value - line.intercept - line.slope * index);
  const { alpha, first } = smoothSimply(bent);
  const track = tracks(adjusted, alpha);
  return {
    id: 'theta',
    from: (origin) => {
      const { intercept, slope } = lineAt(track, origin);
      const fade = track.fade[origin] ?? 0;
      const level =
        2 * (track.level[origin] ?? 0) -
        intercept * (1 - fade) -
        slope * (track.ramp[origin] ?? 0) +
        fade * first;
      return (index) =>
        (factors[index % factors.length] ?? 1) * 0.5 * (level + intercept + slope * index);
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
    count: sums.count[origin] ?? 0,
    x: sums.x[origin] ?? 0,
    y: sums.y[origin] ?? 0,
    xx: sums.xx[origin] ?? 0,
    xy: sums.xy[origin] ?? 0,
  });
}

function solve(sum: { count: number; x: number; y: number; xx: number; xy: number }): Line {
  const spread = sum.count * sum.xx - sum.x * sum.x;
  const slope = spread === 0 ? 0 : (sum.count * sum.xy - sum.x * sum.y) / spread;
  return { intercept: sum.count === 0 ? 0 : (sum.y - slope * sum.x) / sum.count, slope };
}
