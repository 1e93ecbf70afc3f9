import { itemAt } from '../../core/index.ts';

/** Symmetric mean absolute percentage error in percent, 0 to 200 (the M4 competition's). */
export function smape(actual: readonly number[], forecast: readonly number[]): number {
  const terms = actual.map((value, index) => {
    const other = itemAt(forecast, index);
    const size = Math.abs(value) + Math.abs(other);
    return size === 0 ? 0 : (200 * Math.abs(value - other)) / size;
  });
  return terms.reduce((sum, term) => sum + term, 0) / terms.length;
}

/**
 * Mean absolute scaled error: the error in units of the seasonal naive method's error on the history (Hyndman and Koehler
 * 2006). Gaps of the history are passed over; `NaN` where the history has no error to scale by.
 */
export function mase(
  actual: readonly number[],
  forecast: readonly number[],
  history: { readonly values: ArrayLike<number>; readonly period: number },
): number {
  const errors = actual.map((value, index) => Math.abs(value - itemAt(forecast, index)));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length / naiveError(history);
}

/** Mean absolute error of repeating the value of one season before; `NaN` where no two such values are known. */
export function naiveError({
  values,
  period,
}: {
  readonly values: ArrayLike<number>;
  readonly period: number;
}): number {
  let [sum, count] = [0, 0];
  for (let index = period; index < values.length; index += 1) {
    const step = itemAt(values, index) - itemAt(values, index - period);
    if (Number.isNaN(step)) continue;
    sum += Math.abs(step);
    count += 1;
  }
  return count === 0 || sum === 0 ? Number.NaN : sum / count;
}

/** Weighted absolute percentage error of sums, 1.0-based: Σ|actual − forecast| ÷ Σ|actual|; `NaN` of nothing. */
export function wape(
  pairs: readonly { readonly actual: number; readonly forecast: number }[],
): number {
  const size = pairs.reduce((sum, { actual }) => sum + Math.abs(actual), 0);
  const error = pairs.reduce((sum, { actual, forecast }) => sum + Math.abs(actual - forecast), 0);
  return size === 0 ? Number.NaN : error / size;
}
