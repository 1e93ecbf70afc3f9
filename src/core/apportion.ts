import { addDecimals, type Decimal, DECIMAL_SCALE, fromAtto, roundDecimal } from './decimal.ts';

/** One party of a split; `weight` is any scale, not negative. */
export interface Weighted {
  readonly id: string;
  readonly weight: bigint;
}

/**
 * Splits an amount by weights, so that the parts add up to it exactly: largest remainder at 10⁻¹⁸.
 *
 * Equal remainders go by id, so the order of the parties changes nothing; a negative amount splits as its positive twin does.
 *
 * @returns the parts in the order of the parties, or `undefined` when no weight is above zero: nothing says who pays.
 * @throws {RangeError} for a negative weight.
 * @example
 * apportion(decimal('0.000000000000000010'), [{ id: 'a', weight: 1n }, { id: 'b', weight: 2n }]) // 3 and 7 × 10⁻¹⁸
 */
export function apportion(
  amount: Decimal,
  parties: readonly Weighted[],
): readonly Decimal[] | undefined {
  if (parties.some(({ weight }) => weight < 0n)) throw new RangeError('A weight is not negative');
  const whole = parties.reduce((sum, { weight }) => sum + weight, 0n);
  if (whole === 0n) return undefined;
  const isNegative = amount < 0n;
  const size = isNegative ? -amount : BigInt(amount);
  const shares = parties.map(({ id, weight }, index) => ({
    id,
    index,
    part: (size * weight) / whole,
    remainder: (size * weight) % whole,
  }));
  const left = size - shares.reduce((sum, { part }) => sum + part, 0n);
  const lucky = new Set(
    shares
      .toSorted((one, other) => descending(one.remainder, other.remainder) || byId(one, other))
      .slice(0, Number(left))
      .map(({ index }) => index),
  );
  return shares.map(({ part, index }) => {
    const own = part + (lucky.has(index) ? 1n : 0n);
    return fromAtto(isNegative ? -own : own);
  });
}

/**
 * Rounds a column for display, so that the printed rows add up to the printed total: each value moves by less than one step.
 *
 * @param places digits after the point, 0 to 18.
 */
export function roundTogether(values: readonly Decimal[], places: number): readonly Decimal[] {
  const step = 10n ** BigInt(DECIMAL_SCALE - places);
  const floors = values.map((value) => {
    const rest = ((value % step) + step) % step;
    return { floor: value - rest, rest };
  });
  const target = roundDecimal(addDecimals(...values), places);
  const short = target - floors.reduce((sum, { floor }) => sum + floor, 0n);
  const lucky = new Set(
    floors
      .map(({ rest }, index) => ({ rest, index }))
      .toSorted((one, other) => descending(one.rest, other.rest) || one.index - other.index)
      .slice(0, Number(short / step))
      .map(({ index }) => index),
  );
  return floors.map(({ floor }, index) => fromAtto(floor + (lucky.has(index) ? step : 0n)));
}

const descending = (left: bigint, right: bigint): number =>
  Number(left < right) - Number(left > right);

const byId = (left: { readonly id: string }, right: { readonly id: string }): number =>
  Number(left.id > right.id) - Number(left.id < right.id);
