declare const decimalBrand: unique symbol;

/**
 * Holds an exact decimal as a count of 10⁻¹⁸ (the scale of the store's DECIMAL(38,18)); never a float.
 */
export type Decimal = bigint & { readonly [decimalBrand]: true };

/** Fractional digits that a {@link Decimal} holds. */
export const DECIMAL_SCALE = 18;
const ONE = 10n ** BigInt(DECIMAL_SCALE);
const GRAMMAR = /^(-?)(\d{1,20})(?:\.(\d{1,18}))?$/;
const EXPONENT_GRAMMAR = /^(-?)(\d{1,20})(?:\.(\d{1,18}))?[eE]([+-]?\d{1,3})$/;

/** Makes a decimal of a count of 10⁻¹⁸. */
export const fromAtto = (atto: bigint): Decimal => atto as Decimal;

/** Zero, for sums: a sum over nothing known is *not* this but unknown. */
export const ZERO: Decimal = fromAtto(0n);

/**
 * Reads a plain decimal literal; 20 digits before the point and 18 after it at most, no exponent, no separators.
 *
 * @returns `undefined` when the text is anything else (`NaN`, `1,200`, `1e3`, an empty text).
 */
export function parseDecimal(text: string): Decimal | undefined {
  const match = GRAMMAR.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const atto = BigInt(whole + fraction.padEnd(DECIMAL_SCALE, '0'));
  return fromAtto(sign === '-' ? -atto : atto);
}

/**
 * Reads a JSON number literal, which may have an exponent; exact or `undefined`, never rounded.
 *
 * @example
 * parseJsonDecimal('8e-7') // → 0.0000008
 */
export function parseJsonDecimal(text: string): Decimal | undefined {
  const match = EXPONENT_GRAMMAR.exec(text);
  if (match === null) return parseDecimal(text);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent) - fraction.length + DECIMAL_SCALE;
  let atto = BigInt(whole + fraction);
  if (shift >= 0) atto *= 10n ** BigInt(Math.min(shift, 400));
  else {
    const divisor = 10n ** BigInt(-shift);
    if (atto % divisor !== 0n) return undefined;
    atto /= divisor;
  }
  if (atto >= 10n ** BigInt(20 + DECIMAL_SCALE)) return undefined;
  return fromAtto(sign === '-' ? -atto : atto);
}

/**
 * Reads a literal that the program itself wrote.
 *
 * @throws {RangeError} when it is no decimal: a bug, never bad input.
 */
export function decimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new RangeError(`Expected a decimal, got ${JSON.stringify(text)}`);
  return value;
}

/** Writes the shortest exact literal: `1200`, `0.5`, `-0.000000000000000001`. */
export function formatDecimal(value: Decimal): string {
  const digits = (value < 0n ? -value : value).toString().padStart(DECIMAL_SCALE + 1, '0');
  const whole = digits.slice(0, -DECIMAL_SCALE);
  const fraction = digits.slice(-DECIMAL_SCALE).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Adds; no argument gives zero. */
export const addDecimals = (...values: readonly Decimal[]): Decimal =>
  fromAtto(values.reduce((sum, value) => sum + value, 0n));

/** Subtracts the second from the first. */
export const subtractDecimal = (left: Decimal, right: Decimal): Decimal => fromAtto(left - right);

/** Multiplies, rounding half away from zero at 10⁻¹⁸. */
export const multiplyDecimal = (left: Decimal, right: Decimal): Decimal =>
  fromAtto(divideRounded(left * right, ONE));

/**
 * Divides, rounding half away from zero at 10⁻¹⁸.
 *
 * @returns `undefined` when the divisor is zero: there is no infinity here.
 */
export function divideDecimal(left: Decimal, right: Decimal): Decimal | undefined {
  return right === 0n ? undefined : fromAtto(divideRounded(left * ONE, right));
}

/**
 * Gives how far a value moved as a share of the size of where it was, so that more is positive also beside a credit.
 *
 * @returns `undefined` beside zero.
 * @example
 * relativeChange(decimal('1'), decimal('-2')) // → 1.5
 */
export const relativeChange = (now: Decimal, before: Decimal): Decimal | undefined =>
  divideDecimal(subtractDecimal(now, before), before < 0n ? fromAtto(-before) : before);

/**
 * Rounds half away from zero to a number of places, 0 to 18, for display only.
 *
 * @example
 * formatDecimal(roundDecimal(decimal('1.005'), 2)) // → '1.01'
 */
export function roundDecimal(value: Decimal, places: number): Decimal {
  const step = 10n ** BigInt(DECIMAL_SCALE - places);
  return fromAtto(divideRounded(value, step) * step);
}

/** Makes a decimal of a whole number. */
export const wholeDecimal = (count: number | bigint): Decimal => fromAtto(BigInt(count) * ONE);

function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const top = numerator < 0n ? -numerator : numerator;
  const bottom = denominator < 0n ? -denominator : denominator;
  const quotient = (2n * top + bottom) / (2n * bottom);
  return negative ? -quotient : quotient;
}
