import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from './app-error.ts';
import { fromAtto } from './decimal.ts';
import { addMoney, type Currency, type Money, parseCurrency } from './money.ts';

function currency(text: string): Currency {
  const value = parseCurrency(text);
  if (value === undefined) throw new Error(`${text} is no currency`);
  return value;
}
const USD = currency('USD');
const amount = fc
  .bigInt({ min: -(10n ** 37n), max: 10n ** 37n })
  .map((atto): Money => ({ amount: fromAtto(atto), currency: USD }));

describe('parseCurrency', () => {
  it.each(['', 'usd', 'US', 'USDT', 'U$D', 'USD ', 'ÜSD'])('refuses %j', (text) => {
    expect(parseCurrency(text)).toBeUndefined();
  });
});

describe('addMoney', () => {
  it('adds exactly, in any order', () => {
    fc.assert(
      fc.property(amount, fc.array(amount), (first, rest) => {
        const sum = [first, ...rest].reduce((total, money) => total + money.amount, 0n);
        expect(addMoney(first, ...rest)).toEqual({ amount: sum, currency: USD });
        const [last = first, ...others] = [first, ...rest].toReversed();
        expect(addMoney(last, ...others)).toEqual(addMoney(first, ...rest));
      }),
    );
  });

  it('never mixes currencies, wherever the other one stands', () => {
    const euro = { amount: fromAtto(1n), currency: currency('EUR') };
    fc.assert(
      fc.property(amount, fc.array(amount), (first, rest) => {
        expect(() => addMoney(first, ...rest, euro)).toThrow(
          'Expected one currency, got USD and EUR',
        );
        expect(() => addMoney(euro, ...rest, first)).toThrow(AppError);
      }),
    );
  });
});
