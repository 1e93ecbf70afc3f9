import { canonicalJson, type Digest, type Period, sha256 } from '../core/index.ts';
import type { BudgetRule } from '../plan/index.ts';
import type { ResolvedBecause } from './alert-state.ts';
import { type BudgetMemory, isSameAmount } from './memory.ts';
import type { JudgedRule, RuleResult } from './rules.ts';

/** Says that thresholds were crossed for the first time in their period, or again after they had cleared. */
export interface Alert {
  /** Digest of budget, rule, level, period start and round, of the rule that weighs most. */
  readonly alert: Digest;
  /** All that were newly crossed, the weightiest first. */
  readonly rules: readonly string[];
  readonly severity: BudgetRule['severity'];
}

/** Says that rules of an open alert have cleared and are armed again. */
export interface Resolution {
  readonly alert: string;
  readonly rules: readonly string[];
  readonly because: ResolvedBecause;
}

/**
 * Names one threshold of one period: the same for everyone who computes it, so that it is claimed once.
 *
 * @param level the share that the rule names; a plan that moves it makes another threshold of it.
 * @param round 1 for the first time in the period.
 * @example
 * alertDigest({ budget: 'monthly', rule: 'over', level: '1', round: 1 }, period) // → 'sha256:…'
 */
export const alertDigest = (
  of: {
    readonly budget: string;
    readonly rule: string;
    readonly level: string | null;
    readonly round: number;
  },
  period: Period,
): Digest => sha256(canonicalJson({ ...of, start: period.start }));

/** A threshold on spend fires once and, after it has cleared, once more; a higher amount starts anew. */
const ROUNDS_OF_AMOUNT_MAX = 2;

/**
 * Makes at most one alert of the rules that are crossed and not latched.
 *
 * Several crossed at once, such as by a week imported late, are one alert: that of the rule that weighs most, with all of
 * them marked as fired. Severity weighs first, then actual spend before a forecast, then the share.
 */
export function alertsOf(
  budget: string,
  period: Period,
  rules: readonly RuleResult[],
  memory: BudgetMemory,
): readonly Alert[] {
  const [first, ...rest] = rules
    .filter(({ rule, basis, state }) => {
      const { latched, roundsOfAmount } = memory(rule);
      const isSpent = basis === 'actual' && roundsOfAmount >= ROUNDS_OF_AMOUNT_MAX;
      return state === 'crossed' && !latched && !isSpent;
    })
    .toSorted(compareWeight);
  if (first === undefined) return [];
  const round = memory(first.rule).rounds + 1;
  return [
    {
      alert: alertDigest({ budget, rule: first.rule, level: first.at, round }, period),
      rules: [first, ...rest].map(({ rule }) => rule),
      severity: first.severity,
    },
  ];
}

/** Lists the open alerts whose rules have cleared, each once, with its rules. */
export function resolutionsOf(
  rules: readonly JudgedRule[],
  memory: BudgetMemory,
  amount: string | null,
): readonly Resolution[] {
  const found = new Map<string, { rules: string[]; because: ResolvedBecause }>();
  for (const { result, isClear } of rules) {
    const { open } = memory(result.rule);
    if (!isClear || open === null) continue;
    const isRaised = !isSameAmount(open.amount, amount);
    const entry = found.get(open.alert) ?? {
      rules: [],
      because: isRaised ? 'amount-changed' : 'cleared',
    };
    entry.rules.push(result.rule);
    found.set(open.alert, entry);
  }
  return [...found].map(([alert, entry]) => ({ alert, ...entry }));
}

const SEVERITIES: readonly BudgetRule['severity'][] = ['critical', 'warning', 'info'];
const BASES: readonly BudgetRule['basis'][] = [
  'actual',
  'forecast',
  'burn',
  'below',
  'coverage',
  'freshness',
];

function compareWeight(left: RuleResult, right: RuleResult): number {
  return (
    SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity) ||
    BASES.indexOf(left.basis) - BASES.indexOf(right.basis) ||
    Number(right.at ?? 0) - Number(left.at ?? 0) ||
    (left.rule < right.rule ? -1 : 1)
  );
}
