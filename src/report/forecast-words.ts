import { decimal, formatDecimal, roundDecimal } from '../core/index.ts';
import type { BudgetBody } from './bundle.ts';
import { money, percent } from './numbers.ts';

type Forecast = NonNullable<BudgetBody['forecast']>;

/** Puts a forecast of a period's total in words: with its 80 % band, or labelled as a run rate, which has none. */
export function forecastWords(forecast: Forecast, currency: string): string {
  const { method, total, low, high } = forecast;
  if (method === 'run-rate') return `${estimated(total, currency)} (run rate)`;
  const band =
    low === undefined || high === undefined
      ? ''
      : ` (${estimated(low, currency)} to ${estimated(high, currency)})`;
  return `${estimated(total, currency)}${band}`;
}

/** Puts the back-test of a forecast in words: how far it was off on this series, and how often the band held. */
export function backTestWords({ test, days, confidence }: Forecast): string {
  if (test === undefined) return 'no back-test: a run rate learns nothing from history';
  const parts = [
    ...(days === undefined ? [] : [`${days} days of history`]),
    ...(confidence === 'low' ? ['low confidence'] : []),
    test.wape === null
      ? 'too little history to test it on'
      : `off by ${percent(test.wape)} of the sum at ${test.origins} earlier days`,
    ...(test.bias === null ? [] : [`bias ${percent(test.bias)}`]),
    ...(test.mase === null ? [] : [`error ${Number(test.mase).toFixed(2)} x repeating last week`]),
    ...(test.coverage === null ? [] : [`the 80 % band held ${percent(test.coverage)}`]),
  ];
  return parts.join('; ');
}

/** An estimate in cents; what is below one unit keeps its digits. */
function estimated(amount: string, currency: string): string {
  const value = decimal(amount);
  const isSmall = value < decimal('1') && value > decimal('-1');
  return money(isSmall ? amount : formatDecimal(roundDecimal(value, 2)), currency);
}
