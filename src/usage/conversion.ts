import { z } from 'zod';
import {
  AppError,
  decimal,
  divideDecimal,
  formatDecimal,
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
