import {
  type Decimal,
  decimal,
  durationMs,
  formatDecimal,
  fromAtto,
  type Instant,
  instantMs,
  multiplyDecimal,
  type Period,
  wholeDecimal,
} from '../core/index.ts';
import { chanceOfReaching, roughly } from '../metrics/index.ts';
import type { BudgetRule } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';
import { type HourSums, judgeBurn } from './burn.ts';
import type { BudgetOutlook } from './history.ts';
import type { RuleMemory } from './memory.ts';
import { reaches, shareOf } from './share.ts';

/** Holds a rule's answer; the fields and their values are those of the budget-verdict record. */
export interface RuleResult {
  readonly rule: string;
  readonly basis: BudgetRule['basis'];
  /** The share that the rule names; null where it names none. */
  readonly at: string | null;
  readonly severity: BudgetRule['severity'];
  readonly state: 'below' | 'pending' | 'crossed' | 'unknown';
}

/** Names a rule that was not judged, with the code that the review lists under *not covered*. */
export interface NotJudged {
  readonly rule: string;
  readonly basis: BudgetRule['basis'];
  /** `short-history`: fewer than fourteen days are known; `forecast-poor`: it did no better than repeating last week. */
  readonly why: 'short-history' | 'forecast-poor';
}

/** Holds what rules are judged on. */
export interface Facts {
  /** Null where the quantity that it follows from is not known: no share of it can be judged. */
  readonly amount: Decimal | null;
  /** What is known of the spend; null when nothing is. */
  readonly spend: Decimal | null;
  readonly period: Period;
  readonly now: Instant;
  readonly aggregate: Aggregate;
  /** Absent where nobody looked ahead; rules that need it are not judged then. */
  readonly outlook: BudgetOutlook | undefined;
  /** Absent where no window asks for hours, or the exports do not tell them. */
  readonly hours: HourSums | undefined;
  readonly isFinal: boolean;
}

/** One rule's answer with what the alert state needs of it. */
export interface JudgedRule {
  readonly result: RuleResult;
  readonly notJudged: NotJudged | null;
  /** An alert of it is over. */
  readonly isClear: boolean;
}

/** Judges one rule on the facts and on what it has done in the period so far. */
export function judgeRule(rule: BudgetRule, facts: Facts, memory: RuleMemory): JudgedRule {
  const judged = judge(rule, facts, memory);
  const { id, basis, severity } = rule;
  const share = atOf(rule);
  const at = share === null ? null : formatDecimal(share);
  if (judged === 'short-history' || judged === 'forecast-poor') {
    const result = { rule: id, basis, at, severity, state: 'unknown' } as const;
    return { result, notJudged: { rule: id, basis, why: judged }, isClear: false };
  }
  const state = holdBack(rule, judged, memory);
  const result = { rule: id, basis, at, severity, state };
  return { result, notJudged: null, isClear: isClear(rule, judged, facts) };
}

/** What a threshold must fall by before it can fire again, where the rule names nothing. */
const HYSTERESIS = 0.05;

type Judged = 'below' | 'crossed' | 'unknown' | NotJudged['why'];

/** Facts with an amount and a known spend. */
type Priced = Facts & { readonly amount: Decimal; readonly spend: Decimal };

function judge(rule: BudgetRule, facts: Facts, memory: RuleMemory): Judged {
  if (rule.basis === 'freshness') return judgeFreshness(rule.maxAge, facts);
  if (rule.basis === 'coverage') {
    return judgeCoverage(shareOf(rule.min), facts, rule.implied === true);
  }
  const { amount, spend } = facts;
  if (amount === null || spend === null) return 'unknown';
  const priced = { ...facts, amount, spend };
  switch (rule.basis) {
    case 'actual':
      return judgeActual(rule, priced);
    case 'below':
      return judgeBelow(rule.at, priced);
    case 'forecast':
      return judgeForecast(rule, priced, memory);
    case 'burn':
      if (facts.now >= facts.period.end) return 'unknown';
      return facts.outlook === undefined
        ? 'short-history'
        : judgeBurn(rule, { ...priced, outlook: facts.outlook });
    default:
      rule satisfies never;
      throw new RangeError('Unknown basis of a rule');
  }
}

const stateOf = (crossed: boolean): 'below' | 'crossed' => (crossed ? 'crossed' : 'below');

function judgeActual(rule: BudgetRule & { basis: 'actual' }, { spend, amount }: Priced): Judged {
  const worthIt = rule.minAmount === undefined || spend >= decimal(rule.minAmount);
  return stateOf(worthIt && reaches(spend, amount, shareOf(rule.at)));
}

/** Too little spend is told only once a period is over and whole: before that it is merely early. */
function judgeBelow(at: number, { spend, amount, isFinal }: Priced): Judged {
  if (!isFinal) return 'unknown';
  return stateOf(!reaches(spend, amount, shareOf(at)));
}

/**
 * Fires at one probability and clears at a lower one, so that a forecast that wavers is told once (design: budgets.md 8).
 * What a forecast's own back-test does not bear out is shown and not judged.
 */
function judgeForecast(
  rule: BudgetRule & { basis: 'forecast' },
  { spend, amount, outlook, now, period }: Priced,
  { latched }: RuleMemory,
): Judged {
  if (now >= period.end) return 'unknown';
  const forecast = outlook?.forecast;
  if (forecast === undefined) return 'short-history';
  const goal = roughly(amount) * rule.at;
  if (isPoor(forecast, roughly(amount))) return 'forecast-poor';
  const total = roughly(spend) + forecast.rest;
  if (rule.minAmount !== undefined && total < Number(rule.minAmount)) return 'below';
  const chance = chanceOfReaching(forecast, goal - roughly(spend));
  return stateOf(chance >= (latched ? rule.clear : rule.fire));
}

/** A band wider than this share of the amount, of a method that is no better than last week again, tells nothing. */
const BAND_SHARE_MAX = 0.6;

function isPoor(
  { backTest, band }: NonNullable<BudgetOutlook['forecast']>,
  amount: number,
): boolean {
  const isBeaten = backTest.mase !== null && backTest.mase >= 1;
  return isBeaten && band[2] - band[0] > BAND_SHARE_MAX * amount;
}

/** Age of the data now, or at the end of a period that is over. */
function judgeFreshness(maxAge: string, { now, period, aggregate: { coverage } }: Facts): Judged {
  if (coverage.completeThrough === null) return 'unknown';
  const until = now < period.end ? now : period.end;
  const ageMs = instantMs(until) - instantMs(coverage.completeThrough);
  return stateOf(ageMs > durationMs(maxAge));
}

/** An implied rule looks at gaps only: the days before the first that anybody measured are no gap. */
function judgeCoverage(min: Decimal, { aggregate }: Facts, isImplied: boolean): Judged {
  const { coverage, days } = aggregate;
  if (coverage.expected === 0) return 'unknown';
  if (isImplied) {
    const first = days[0]?.date;
    if (first === undefined) return 'unknown';
    return stateOf(coverage.missing.some((date) => date > first));
  }
  const needed = multiplyDecimal(wholeDecimal(coverage.expected), min);
  return stateOf(wholeDecimal(coverage.present) < needed);
}

/** A condition that must hold on several data in a row waits; one that has fired does not wait again. */
function holdBack(
  rule: BudgetRule,
  judged: 'below' | 'crossed' | 'unknown',
  { latched, heldOn }: RuleMemory,
): RuleResult['state'] {
  const hold = rule.basis === 'forecast' ? (rule.hold ?? 1) : 1;
  return judged === 'crossed' && !latched && heldOn + 1 < hold ? 'pending' : judged;
}

/** Spend must fall clearly below its threshold; the other rules bring their own distance, or need none. */
function isClear(rule: BudgetRule, judged: Judged, { spend, amount }: Facts): boolean {
  if (judged !== 'below') return false;
  if (rule.basis !== 'actual' || spend === null || amount === null) return true;
  const low = shareOf(rule.at) - shareOf(rule.hysteresis ?? HYSTERESIS);
  return low <= 0n ? spend <= 0n : !reaches(spend, amount, fromAtto(low));
}

function atOf(rule: BudgetRule): Decimal | null {
  switch (rule.basis) {
    case 'actual':
    case 'below':
    case 'forecast':
      return shareOf(rule.at);
    case 'coverage':
      return shareOf(rule.min);
    case 'burn':
    case 'freshness':
      return null;
    default:
      rule satisfies never;
      return null;
  }
}
