import { addDecimals, type Decimal } from './decimal.ts';
import { AppError } from './app-error.ts';

declare const currencyBrand: unique symbol;

/** Names an ISO 4217 currency: three upper-case letters. */
export type Currency = string & { readonly [currencyBrand]: true };

/** Holds an exact amount of one currency. */
export interface Money {
  readonly amount: Decimal;
  readonly currency: Currency;
}

/** Reads a currency code of three upper-case letters; `undefined` for anything else. */
export function parseCurrency(text: string): Currency | undefined {
  return /^[A-Z]{3}$/.test(text) ? (text as Currency) : undefined;
}

/**
 * Adds amounts of one currency.
 *
 * @throws {AppError} `internal` when currencies differ: callers must separate them first, money is never mixed.
 */
export function addMoney(first: Money, ...rest: readonly Money[]): Money {
  const other = rest.find((money) => money.currency !== first.currency);
  if (other !== undefined) {
    throw new AppError('internal', {
      message: `Expected one currency, got ${first.currency} and ${other.currency}`,
    });
  }
  return {
    amount: addDecimals(first.amount, ...rest.map((money) => money.amount)),
    currency: first.currency,
  };
}
