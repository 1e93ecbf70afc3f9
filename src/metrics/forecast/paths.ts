import { itemAt } from '../../core/index.ts';
import type { Ladder } from './ladder.ts';
import { quantile } from './order.ts';
import { seededRandom } from './seeded-random.ts';
import { valueAt } from './value-at.ts';

/** Any number does; it is fixed so that a forecast can be replayed. */
const SEED = 20_261_123;

/**
 * Plays residuals forward, drawn with replacement from a fixed seed, and gives how far each path's running sum strays from
 * the expected one.
 */
export function deviationPaths(
  values: Float64Array,
  { smoothing, model }: Pick<Ladder, 'smoothing' | 'model'>,
  { horizon, count }: { readonly horizon: number; readonly count: number },
): readonly Float64Array[] {
  const random = seededRandom(SEED);
  const residuals = smoothing?.residuals ?? residualsOf(values, model);
  const draw = (): Float64Array => {
    const errors = new Float64Array(horizon);
    for (let step = 0; step < horizon; step += 1) {
      errors[step] = itemAt(residuals, Math.floor(random() * residuals.length));
    }
    return errors;
  };
  if (smoothing === null) return Array.from({ length: count }, () => runningSum(draw()));
  const expected = runningSum(smoothing.play(new Float64Array(horizon)));
  return Array.from({ length: count }, () => {
    const path = runningSum(smoothing.play(draw()));
    for (let step = 0; step < horizon; step += 1)
      path[step] = valueAt(path, step) - valueAt(expected, step);
    return path;
  });
}

/** Gives the last value of each path. */
export const endsOf = (paths: readonly Float64Array[]): readonly number[] =>
  paths.map((path) => valueAt(path, path.length - 1));

/** Stands for any number of values by `count` of them, evenly spread over their order. */
export function spreadEvenly(values: readonly number[], count: number): readonly number[] {
  const ascending = values.toSorted((left, right) => left - right);
  return Array.from({ length: count }, (_, index) => quantile(ascending, (index + 0.5) / count));
}

/** How far the last eight weeks of known days lie from what the model makes of them now. */
function residualsOf(values: Float64Array, model: Ladder['model']): readonly number[] {
  const ahead = model.from(values.length);
  return [...values.entries()]
    .filter(([, value]) => !Number.isNaN(value))
    .slice(-56)
    .map(([index, value]) => value - ahead(index));
}

/** Sums in place: an array that was just made. */
function runningSum(values: Float64Array): Float64Array {
  let sum = 0;
  for (let step = 0; step < values.length; step += 1) {
    sum += valueAt(values, step);
    values[step] = sum;
  }
  return values;
}
