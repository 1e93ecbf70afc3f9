import {
  type Decimal,
  decimal,
  formatDecimal,
  fromAtto,
  type Instant,
  instantMs,
  multiplyDecimal,
  durationMs,
  parseJsonDecimal,
  type Period,
  wholeDecimal,
} from '../core/index.ts';
import type { BudgetRule } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';

/** Holds a rule's answer; the fields and their values are those of the budget-verdict record. */
export interface RuleResult {
  readonly rule: string;
  readonly basis: BudgetRule['basis'];
  /** The share that the rule names; null where it names none. */
  readonly at: string | null;
  readonly severity: BudgetRule['severity'];
  readonly state: 'below' | 'crossed' | 'unknown';
}

/** Names a rule that was not judged, with the code that the review lists under *not covered*. */
export interface NotJudged {
  readonly rule: string;
  readonly basis: BudgetRule['basis'];
  /** `not-in-plan`: only implied; `not-enabled`: this release does not judge it; `short-history`: no three unbroken days. */
  readonly why: 'not-in-plan' | 'not-enabled' | 'short-history';
}

/** Holds what rules are judged on. */
export interface Facts {
  readonly amount: Decimal;
  /** What is known of the spend; null when nothing is. */
  readonly spend: Decimal | null;
  readonly forecast: Decimal | null;
  readonly period: Period;
  readonly now: Instant;
  readonly coverage: Aggregate['coverage'];
  /** The ids of the rules that the plan writes out. */
  readonly writtenRules: readonly string[];
}

type Judged = RuleResult['state'] | NotJudged['why'];

/** Judges one rule: its state, or why it is not judged. */
export function judgeRule(
  rule: BudgetRule,
  facts: Facts,
): { readonly result: RuleResult; readonly notJudged: NotJudged | null } {
  const judged = judge(rule, facts);
  const { id, basis, severity } = rule;
  const share = atOf(rule);
  const at = share === null ? null : formatDecimal(share);
  if (judged === 'below' || judged === 'crossed' || judged === 'unknown') {
    return { result: { rule: id, basis, at, severity, state: judged }, notJudged: null };
  }
  return {
    result: { rule: id, basis, at, severity, state: 'unknown' },
    notJudged: { rule: id, basis, why: judged },
  };
}

/**
 * Tells whether an amount reaches a share of another, exactly: `spend × 1 ≥ amount × share`, never a quotient.
 *
 * Of an amount of zero there is no share: any spend crosses every threshold, none crosses no threshold.
 */
export function reaches(spend: Decimal, amount: Decimal, share: Decimal): boolean {
  if (amount <= 0n) return spend > 0n;
  return spend * wholeDecimal(1) >= amount * share;
}

/** Reads a share of the plan, a JSON number; what is finer than 10⁻¹⁸ cannot be written there. */
export const shareOf = (share: number): Decimal =>
  parseJsonDecimal(String(share)) ?? decimal(share.toFixed(18));

function judge(rule: BudgetRule, facts: Facts): Judged {
  switch (rule.basis) {
    case 'actual':
      return facts.spend === null
        ? 'unknown'
        : stateOf(reaches(facts.spend, facts.amount, shareOf(rule.at)));
    case 'forecast':
      return judgeForecast(rule, facts);
    case 'freshness':
      return isWritten(rule, facts) ? judgeFreshness(rule.maxAge, facts) : 'not-in-plan';
    case 'coverage':
      return isWritten(rule, facts) ? judgeCoverage(shareOf(rule.min), facts) : 'not-in-plan';
    case 'burn':
      return 'not-enabled';
    default:
      rule satisfies never;
      throw new RangeError('Unknown basis of a rule');
  }
}

const isWritten = (rule: BudgetRule, { writtenRules }: Facts): boolean =>
  writtenRules.includes(rule.id);

const stateOf = (crossed: boolean): RuleResult['state'] => (crossed ? 'crossed' : 'below');

/** A forecast that the plan's minimum amount calls too small to speak of stays below. */
function judgeForecast(rule: BudgetRule & { basis: 'forecast' }, facts: Facts): Judged {
  if (facts.spend === null || facts.now >= facts.period.end) return 'unknown';
  if (facts.forecast === null) return 'short-history';
  const worthIt = rule.minAmount === undefined || facts.forecast >= decimal(rule.minAmount);
  return stateOf(worthIt && reaches(facts.forecast, facts.amount, shareOf(rule.at)));
}

/** Age of the data now, or at the end of a period that is over. */
function judgeFreshness(maxAge: string, { now, period, coverage }: Facts): Judged {
  if (coverage.completeThrough === null) return 'unknown';
  const until = now < period.end ? now : period.end;
  const ageMs = instantMs(until) - instantMs(coverage.completeThrough);
  return stateOf(ageMs > durationMs(maxAge));
}

function judgeCoverage(min: Decimal, { coverage }: Facts): Judged {
  if (coverage.expected === 0) return 'unknown';
  const needed = multiplyDecimal(wholeDecimal(coverage.expected), min);
  return stateOf(wholeDecimal(coverage.present) < needed);
}

function atOf(rule: BudgetRule): Decimal | null {
  if (rule.basis === 'actual' || rule.basis === 'forecast') return shareOf(rule.at);
  return rule.basis === 'coverage' ? shareOf(rule.min) : null;
}

/**
 * Extends the spend so far to the whole period: spend ÷ the share of its time that has passed. A run rate, labelled so.
 *
 * @returns null before three days of data, when a day is missing, or once the period is over.
 */
export function runRate(
  spend: Decimal | null,
  period: Period,
  asOf: Instant,
  coverage: Aggregate['coverage'],
): Decimal | null {
  const unbroken = coverage.missing.length === 0 && coverage.present >= coverage.expected;
  if (spend === null || !unbroken || coverage.present < RUN_RATE_DAYS_MIN) return null;
  if (asOf <= period.start || asOf >= period.end) return null;
  const elapsed = BigInt(instantMs(asOf) - instantMs(period.start));
  const length = BigInt(instantMs(period.end) - instantMs(period.start));
  return multiplyRatio(spend, length, elapsed);
}

/** Oracle documents the same formula with the same minimum (design: budgets.md 1.2). */
const RUN_RATE_DAYS_MIN = 3;

/** Multiplies by a ratio of whole numbers, rounding half away from zero once. */
function multiplyRatio(value: Decimal, top: bigint, bottom: bigint): Decimal {
  const product = value * top;
  const size = product < 0n ? -product : product;
  const rounded = (2n * size + bottom) / (2n * bottom);
  return fromAtto(product < 0n ? -rounded : rounded);
}
