import {
  type Decimal,
  decimal,
  DECIMAL_SCALE,
  formatDecimal,
  multiplyDecimal,
  roundDecimal,
  subtractDecimal,
  wholeDecimal,
} from '../core/index.ts';

/** Digits that a value below a cent keeps: it is never shown as 0.00. */
const SIGNIFICANT_MIN = 4;
const PLACES_MAX = 6;

/**
 * Writes an amount exactly, with a currency code and thousands separators; two places at least.
 *
 * More than six places (or four significant digits of a smaller value) are rounded and marked `≈`.
 *
 * @example
 * money('1200.5', 'USD') // → 'USD 1,200.50'
 */
export function money(text: string, currency: string): string {
  const { mark, digits } = shortened(text);
  return `${mark}${currency} ${grouped(digits, 2)}`;
}

/**
 * Writes how much there is of something that may be halved, such as seats on average; shortened and marked as money is.
 *
 * @example
 * quantity('4.714285714285714286') // → '≈ 4.714286'
 */
export function quantity(text: string): string {
  const { mark, digits } = shortened(text);
  return `${mark}${grouped(digits, 0)}`;
}

function shortened(text: string): { readonly mark: '' | '≈ '; readonly digits: string } {
  const value = decimal(text);
  const rounded = roundDecimal(value, Math.max(PLACES_MAX, significantPlaces(value)));
  return { mark: rounded === value ? '' : '≈ ', digits: formatDecimal(rounded) };
}

/** Writes the amount of a budget, which is unknown where the quantity that it follows from is. */
export const moneyOrUnknown = (amount: string | null, currency: string): string =>
  amount === null ? 'an unknown amount' : money(amount, currency);

/**
 * Writes a quotient such as a cost per unit, to four significant digits and two places at least.
 *
 * @example
 * unitCost('0.00041237', 'USD') // → 'USD 0.0004124'
 */
export function unitCost(text: string, currency: string): string {
  const value = decimal(text);
  const places = Math.max(2, significantPlaces(value));
  return `${currency} ${grouped(formatDecimal(roundDecimal(value, places)), 2)}`;
}

/** Writes a count with thousands separators: `1,204,118`. */
export const count = (value: string | number): string => grouped(String(value), 0);

/**
 * Writes a count with its noun.
 *
 * @example
 * countOf(1, 'row') // → '1 row'
 */
export const countOf = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/**
 * Writes a share as percent, cut and not rounded, so that `80 %` never stands beside a threshold that is not reached.
 *
 * @example
 * percent('0.79999') // → '79.9 %'
 */
export function percent(share: string): string {
  const times100 = multiplyDecimal(decimal(share), wholeDecimal(100));
  const step = 10n ** BigInt(DECIMAL_SCALE - 1);
  const tenths = times100 / step;
  const sign = times100 < 0n ? '-' : '';
  const size = tenths < 0n ? -tenths : tenths;
  if (size === 0n && times100 !== 0n) return times100 > 0n ? '< 0.1 %' : '> -0.1 %';
  const tenth = size % 10n === 0n ? '' : `.${size % 10n}`;
  return `${sign}${grouped(String(size / 10n), 0)}${tenth} %`;
}

/**
 * Writes a change with its sign, rounded to a tenth of a percent.
 *
 * @example
 * signedPercent('-0.0112') // → '-1.1 %'
 */
export function signedPercent(change: string): string {
  const value = roundDecimal(multiplyDecimal(decimal(change), wholeDecimal(100)), 1);
  const text = grouped(formatDecimal(value), 1);
  return `${value > 0n ? '+' : ''}${text} %`;
}

/**
 * Writes how far something moved: in percent, but as the amount itself where one of the two is a credit, of which a percentage
 * would read backwards; a dash where nobody knows.
 *
 * @param show writes an amount.
 * @example
 * movedText({ change: '1.5', now: '1', before: '-2' }, (text) => money(text, 'USD')) // → '+USD 3.00'
 */
export function movedText(
  moved: {
    readonly change: string | null;
    readonly now: string | null;
    readonly before: string | null;
  },
  show: (text: string) => string,
): string {
  const { change, now, before } = moved;
  if (change === null) return '–';
  if (now === null || before === null) return signedPercent(change);
  const [to, from] = [decimal(now), decimal(before)];
  if (to >= 0n && from >= 0n) return signedPercent(change);
  const by = subtractDecimal(to, from);
  return `${by > 0n ? '+' : ''}${show(formatDecimal(by))}`;
}

function significantPlaces(value: Decimal): number {
  if (value === 0n) return 0;
  const digits = (value < 0n ? -value : value).toString().length;
  return Math.min(DECIMAL_SCALE, Math.max(0, DECIMAL_SCALE - digits + SIGNIFICANT_MIN));
}

function grouped(text: string, placesMin: number): string {
  const [whole = '', fraction = ''] = text.split('.');
  const places = fraction.padEnd(placesMin, '0');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${places === '' ? '' : `.${places}`}`;
}
