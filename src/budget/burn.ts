import { decimal, type PlainDate, wholeDecimal } from '../core/index.ts';
import { sumOfDays } from '../metrics/index.ts';
import type { BudgetRule } from '../plan/index.ts';
import type { BudgetOutlook } from './history.ts';
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
  facts: { readonly amount: bigint; readonly outlook: BudgetOutlook },
): 'below' | 'crossed' | 'unknown' | 'short-history' {
  const { profile, dates } = facts.outlook;
  if (profile === undefined) return 'short-history';
  const whole = weightOf(profile, dates);
  const answers = (rule.windows ?? WINDOWS).map(({ long, short, rate }) => {
    const spans = [long, ...(short === undefined ? [] : [short])];
    const fast = spans.map((span) => {
      const window = newestDays(facts.outlook, Number.parseInt(span, 10));
      const spend = window === undefined ? null : sumOfDays(facts.outlook.days, window);
      if (window === undefined || spend === null) return undefined;
      const worthIt = rule.minAmount === undefined || spend >= decimal(rule.minAmount);
      // spend ÷ (amount × window ÷ whole) ≥ rate, in whole numbers
      const fair = facts.amount * weightOf(profile, window) * shareOf(rate);
      return worthIt && spend > 0n && spend * whole * wholeDecimal(1) >= fair;
    });
    return fast.includes(undefined) ? undefined : fast.every((one) => one === true);
  });
  if (answers.includes(true)) return 'crossed';
  return answers.every((one) => one === undefined) ? 'unknown' : 'below';
}

/** The newest whole days of the period; undefined where it does not hold so many yet, or the data ends elsewhere. */
function newestDays(
  { dates, until }: BudgetOutlook,
  count: number,
): readonly PlainDate[] | undefined {
  const open = dates.indexOf(until);
  const end = open < 0 && until > (dates.at(-1) ?? until) ? dates.length : open;
  return end < count ? undefined : dates.slice(end - count, end);
}

const weightOf = (profile: (date: PlainDate) => bigint, dates: readonly PlainDate[]): bigint =>
  dates.reduce((sum, date) => sum + profile(date), 0n);
