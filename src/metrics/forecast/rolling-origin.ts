import { itemAt } from '../../core/index.ts';
import type { SeriesModel } from './model.ts';
import { valueAt } from './value-at.ts';

/** What was said at one earlier day about the sum of as many days as are to be forecast now, and what came. */
export interface OriginError {
  readonly origin: number;
  readonly forecast: number;
  readonly actual: number;
}

/** Bounds the origins that are looked at. */
export interface RollingOptions {
  readonly horizon: number;
  /** The first origin: a model needs so many days before it. */
  readonly first: number;
  /** At most so many origins, the latest. */
  readonly countMax: number;
  /** Days from one origin to the next; no multiple of seven, so that every weekday has its turn. */
  readonly stride: number;
}

/**
 * Forecasts the sum of `horizon` days at earlier origins with each model and compares it with what came; one list a model,
 * the latest origin last.
 *
 * Only days that are known count, on both sides; an origin with fewer than four fifths of them known is passed over, and the
 * rest are scaled to the whole horizon.
 */
export function rollingErrors(
  values: Float64Array,
  models: readonly SeriesModel[],
  { horizon, first, countMax, stride }: RollingOptions,
): readonly (readonly OriginError[])[] {
  const found: OriginError[][] = models.map(() => []);
  let origin = values.length - horizon;
  for (let count = 0; count < countMax && origin >= first; count += 1, origin -= stride) {
    const days = knownDays(values, origin, horizon);
    if (days.length * 5 < horizon * 4) continue;
    const scale = horizon / days.length;
    const actual = scale * sumOver(days, (index) => valueAt(values, index));
    for (const [at, model] of models.entries()) {
      itemAt(found, at).push({
        origin,
        forecast: scale * sumOver(days, model.from(origin)),
        actual,
      });
    }
  }
  return found.map((errors) => errors.toReversed());
}

function knownDays(values: Float64Array, origin: number, horizon: number): readonly number[] {
  const days: number[] = [];
  for (let index = origin; index < origin + horizon; index += 1) {
    if (!Number.isNaN(values[index])) days.push(index);
  }
  return days;
}

function sumOver(days: readonly number[], valueOf: (index: number) => number): number {
  let sum = 0;
  for (const index of days) sum += valueOf(index);
  return sum;
}
