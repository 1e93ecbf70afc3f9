import { datesOf, decimal, type Period, type PlainDate, wholeDecimal } from '../core/index.ts';
import { sumOfDays } from '../metrics/index.ts';
import type { BudgetRule } from '../plan/index.ts';
import { type BudgetOutlook, lastDays } from './history.ts';
import { shareOf } from './share.ts';

type BurnRule = BudgetRule & { readonly basis: 'burn' };

/**
 * A tenth of a month's amount in a day, half again the usual pace over three days, a quarter over a week; the short window
 * ends the alarm when the pace does (design: budgets.md 4; SRE workbook, multiwindow alerts).
 */
const WINDOWS: NonNullable<BurnRule['windows']> = [
  { long: '1d', rate: 3 },
  { long: '3d', short: '1d', rate: 1.5 },
  { long: '7d', short: '2d', rate: 1.25 },
];

/**
 * Tells whether money goes faster than the amount allows: spend of a window against the part of the amount that its
 * weekdays usually take. A pace of 1 spends exactly the amount.
 *
 * Windows lie inside the period and end with the newest whole day; one with an unknown day is not judged.
 *
 * @returns `unknown` when no window can be judged, `short-history` where the weekdays' profile is not known yet.
 */
export function judgeBurn(
  rule: BurnRule,
  facts: { readonly amount: bigint; readonly period: Period; readonly outlook: BudgetOutlook },
): 'below' | 'crossed' | 'unknown' | 'short-history' {
  const { outlook, period } = facts;
  if (outlook.profile === undefined) return 'short-history';
  const dates = datesOf(period);
  const weigh = weigher(outlook.profile);
  const whole = weigh(dates);
  const answers = (rule.windows ?? WINDOWS).map(({ long, short, rate }) => {
    const spans = [long, ...(short === undefined ? [] : [short])];
    const fast = spans.map((span) => {
      const window = lastDays(outlook.until, Number.parseInt(span, 10));
      if ((window[0] ?? '') < (dates[0] ?? '') || (window.at(-1) ?? '') > (dates.at(-1) ?? '')) {
        return undefined;
      }
      const spend = sumOfDays(outlook.days, window);
      if (spend === null) return undefined;
      const worthIt = rule.minAmount === undefined || spend >= decimal(rule.minAmount);
      // spend ÷ (amount × window ÷ whole) ≥ rate, in whole numbers
      const fair = facts.amount * weigh(window) * shareOf(rate);
      return worthIt && spend > 0n && spend * whole * wholeDecimal(1) >= fair;
    });
    return fast.includes(undefined) ? undefined : fast.every((one) => one === true);
  });
  if (answers.includes(true)) return 'crossed';
  return answers.every((one) => one === undefined) ? 'unknown' : 'below';
}

const weigher =
  (profile: (date: PlainDate) => bigint) =>
  (dates: readonly PlainDate[]): bigint =>
    dates.reduce((sum, date) => sum + profile(date), 0n);
