import { itemAt } from '../../core/index.ts';

/** Gives the middle value of numbers that need no order, the mean of two middles; of none, it throws. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const upper = itemAt(sorted, middle);
  return sorted.length % 2 === 1 ? upper : (upper + itemAt(sorted, middle - 1)) / 2;
}

/** Gives the mean; `NaN` of none. */
export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Gives the quantile `q`, 0 to 1, of ascending values, by linear interpolation (type 7 of Hyndman and Fan); of none, it throws. */
export function quantile(ascending: readonly number[], q: number): number {
  const place = (ascending.length - 1) * q;
  const below = Math.floor(place);
  const low = itemAt(ascending, below);
  const high = ascending[below + 1] ?? low;
  return low + (high - low) * (place - below);
}
