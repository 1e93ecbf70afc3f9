import { z } from 'zod';
import {
  AppError,
  decimal,
  divideDecimal,
  formatDecimal,
  multiplyDecimal,
  parseCurrency,
  parseDecimal,
  parsePlainDate,
} from '../core/index.ts';

/**
 * Says what a gateway's internal unit is worth, as the team verified it on a date: `amount` units make one of `currency`.
 */
export const Conversion = z
  .strictObject({
    unit: z.string().min(1).max(64),
    per: z
      .strictObject({
        currency: z.string().refine((text) => parseCurrency(text) !== undefined),
        amount: z
          .union([z.string(), z.int()])
          .transform(String)
          .refine((text) => (parseDecimal(text) ?? 0n) >= 1n),
      })
      .readonly(),
    verified: z.string().refine((text) => parsePlainDate(text) !== undefined),
  })
  .readonly();
export type Conversion = z.infer<typeof Conversion>;

/**
 * Reads the private dated file of a conversion, `{unit, per: {currency, amount}, verified}`.
 *
 * @throws {AppError} `export-unreadable` for any other form; the value itself is never in the message.
 */
export function parseConversion(text: string): Conversion {
  try {
    return Conversion.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('export-unreadable', {
      message: 'The conversion file is not {unit, per: {currency, amount}, verified}',
      hint: 'Write the units per one of the currency, and the date on which somebody verified it.',
      cause: cause instanceof SyntaxError ? undefined : cause,
    });
  }
}

/**
 * Gives the money of one unit as rows are priced by it: a decimal literal where it says all of it, else `1/N`, so that N units
 * are exactly one of the currency and not what N rounded prices add up to.
 *
 * @throws {AppError} as {@link unitPriceOf} does.
 */
export function unitRateOf(conversion: Conversion | undefined): string | undefined {
  const price = unitPriceOf(conversion);
  if (conversion === undefined || price === undefined) return undefined;
  const { amount } = conversion.per;
  const isExact = multiplyDecimal(decimal(price), decimal(amount)) === decimal('1');
  return isExact || !/^\d{1,15}$/.test(amount) ? price : `1/${amount}`;
}

/**
 * Gives the money of one unit as a decimal literal, rounded at 10⁻¹⁸.
 *
 * @throws {AppError} `export-unreadable` when one unit is worth ten or more, which no gateway's unit is.
 */
export function unitPriceOf(conversion: Conversion | undefined): string | undefined {
  if (conversion === undefined) return undefined;
  const price = divideDecimal(decimal('1'), decimal(conversion.per.amount));
  if (price !== undefined && price < decimal('10') && price > 0n) return formatDecimal(price);
  throw new AppError('export-unreadable', {
    message: 'The conversion gives no usable value for one unit',
    hint: 'Expected the number of units that make one of the currency, such as 1000 or more.',
  });
}
