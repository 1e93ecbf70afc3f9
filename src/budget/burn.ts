import {
  dateIn,
  type Decimal,
  decimal,
  type Instant,
  instantFromMs,
  instantMs,
  type Period,
  type PlainDate,
  wholeDecimal,
} from '../core/index.ts';
import { sumOfDays } from '../metrics/index.ts';
import type { BudgetRule } from '../plan/index.ts';
import type { BudgetOutlook } from './history.ts';
import { shareOf } from './share.ts';

type BurnRule = BudgetRule & { readonly basis: 'burn' };

/** What was spent in the newest whole hours, where the exports tell hours. */
export interface HourSums {
  /** The end of the newest whole hour that is known. */
  readonly end: Instant;
  /** By the number of hours before `end`; null where a row does not know its cost. */
  readonly spend: ReadonlyMap<number, Decimal | null>;
}

/** What a pace is judged on. */
export interface BurnFacts {
  readonly amount: bigint;
  readonly outlook: BudgetOutlook;
  readonly hours: HourSums | undefined;
  readonly period: Period;
  readonly now: Instant;
}

/**
 * A tenth of a month's amount in a day, half again the usual pace over three days, a quarter over a week; the short window
 * ends the alarm when the pace does (design: budgets.md 4; SRE workbook, multiwindow alerts).
 *
 * Windows of hours are the plan's to write: a job that spends its day in one hour is no alarm, and nothing here knows it.
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
 * Windows lie inside the period and end with the newest whole day or hour; one with an unknown day, and one of hours that is no
 * longer than the data is old, is not judged. An hour has an even part of its day.
 *
 * @returns `unknown` when no window can be judged, `short-history` where the weekdays' profile is not known yet.
 */
export function judgeBurn(
  rule: BurnRule,
  facts: BurnFacts,
): 'below' | 'crossed' | 'unknown' | 'short-history' {
  const { profile, dates } = facts.outlook;
  if (profile === undefined) return 'short-history';
  // In hours: a day weighs 24 times its weight.
  const whole = 24n * weightOf(profile, dates);
  const answers = (rule.windows ?? WINDOWS).map(({ long, short, rate }) => {
    const spans = [long, ...(short === undefined ? [] : [short])];
    const fast = spans.map((span) => {
      const window = windowOf(span, facts, profile);
      if (window === undefined) return undefined;
      const { spend, weight } = window;
      const worthIt = rule.minAmount === undefined || spend >= decimal(rule.minAmount);
      // spend ÷ (amount × window ÷ whole) ≥ rate, in whole numbers
      const fair = facts.amount * weight * shareOf(rate);
      return worthIt && spend > 0n && spend * whole * wholeDecimal(1) >= fair;
    });
    return fast.includes(undefined) ? undefined : fast.every((one) => one === true);
  });
  if (answers.includes(true)) return 'crossed';
  return answers.every((one) => one === undefined) ? 'unknown' : 'below';
}

/** Lists how many hours the windows of rules look back on, each once. */
export const hourSpans = (rules: readonly BudgetRule[]): readonly number[] => [
  ...new Set(
    rules.flatMap((rule) =>
      rule.basis === 'burn'
        ? (rule.windows ?? WINDOWS)
            .flatMap(({ long, short }) => [long, ...(short === undefined ? [] : [short])])
            .flatMap((span) => (span.endsWith('h') ? [Number.parseInt(span, 10)] : []))
        : [],
    ),
  ),
];

/** Gives the end of the newest whole hour before an instant. */
export const wholeHour = (instant: Instant): Instant =>
  instantFromMs(Math.floor(instantMs(instant) / HOUR_MS) * HOUR_MS);

const HOUR_MS = 3_600_000;

type Profile = (date: PlainDate) => bigint;

interface Window {
  readonly spend: bigint;
  /** In hours of a day of average weight. */
  readonly weight: bigint;
}

function windowOf(span: string, facts: BurnFacts, profile: Profile): Window | undefined {
  const count = Number.parseInt(span, 10);
  if (span.endsWith('h')) return hourWindow(count, facts, profile);
  const days = newestDays(facts.outlook, count);
  if (days === undefined) return undefined;
  const spend = sumOfDays(facts.outlook.days, days);
  return spend === null ? undefined : { spend, weight: 24n * weightOf(profile, days) };
}

function hourWindow(
  count: number,
  { hours, period, now }: BurnFacts,
  profile: Profile,
): Window | undefined {
  const spend = hours?.spend.get(count) ?? null;
  if (hours === undefined || spend === null) return undefined;
  const endMs = instantMs(hours.end);
  const startMs = endMs - count * HOUR_MS;
  // What is older than the window says nothing of it (design: budgets.md 4).
  const isLate = instantMs(now) - endMs >= count * HOUR_MS;
  if (isLate || startMs < instantMs(period.start)) return undefined;
  const dates = Array.from({ length: count }, (_, hour) =>
    dateIn(instantFromMs(startMs + hour * HOUR_MS), period.zone),
  );
  return { spend, weight: weightOf(profile, dates) };
}

/** The newest whole days of the period; undefined where it does not hold so many yet, or the data ends elsewhere. */
function newestDays(
  { dates, until }: BudgetOutlook,
  count: number,
): readonly PlainDate[] | undefined {
  const end = dates.indexOf(until);
  return end < count ? undefined : dates.slice(end - count, end);
}

const weightOf = (profile: Profile, dates: readonly PlainDate[]): bigint =>
  dates.reduce((sum, date) => sum + profile(date), 0n);
