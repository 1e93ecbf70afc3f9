import { canonicalJson, type Digest, type Period, sha256 } from '../core/index.ts';
import type { BudgetRule } from '../plan/index.ts';
import type { RuleResult } from './rules.ts';

/** Says that thresholds were crossed for the first time in their period. */
export interface Alert {
  /** Digest of budget, rule and period start, of the rule that weighs most. */
  readonly alert: Digest;
  /** All that were newly crossed, the weightiest first. */
  readonly rules: readonly string[];
  readonly severity: BudgetRule['severity'];
}

/** Holds of an earlier alert what tells that a rule has fired. */
export interface EarlierAlert {
  readonly budget: string;
  readonly rules: readonly string[];
  readonly period: { readonly start: string };
}

/**
 * Names one threshold of one period: the same for everyone who computes it, so that it is claimed once.
 *
 * @example
 * alertDigest('monthly', 'over', period) // → 'sha256:…'
 */
export const alertDigest = (budget: string, rule: string, period: Period): Digest =>
  sha256(canonicalJson({ budget, rule, start: period.start }));

/** Lists the rules of a budget that earlier alerts say have fired in a period. */
export const firedRules = (
  earlier: readonly EarlierAlert[],
  budget: string,
  period: Period,
): readonly string[] =>
  earlier
    .filter((alert) => alert.budget === budget && alert.period.start === period.start)
    .flatMap((alert) => alert.rules);

/**
 * Makes at most one alert of the rules that are crossed and have not fired in this period.
 *
 * Several crossed at once, such as by a week imported late, are one alert: that of the rule that weighs most, with all of
 * them marked as fired. Severity weighs first, then actual spend before a forecast, then the share.
 */
export function alertsOf(
  budget: string,
  period: Period,
  rules: readonly RuleResult[],
  fired: readonly string[],
): readonly Alert[] {
  const [first, ...rest] = rules
    .filter(({ rule, state }) => state === 'crossed' && !fired.includes(rule))
    .toSorted(compareWeight);
  if (first === undefined) return [];
  return [
    {
      alert: alertDigest(budget, first.rule, period),
      rules: [first, ...rest].map(({ rule }) => rule),
      severity: first.severity,
    },
  ];
}

const SEVERITIES = ['critical', 'warning', 'info'] as const;
const BASES = ['actual', 'forecast', 'burn', 'coverage', 'freshness'] as const;

function compareWeight(left: RuleResult, right: RuleResult): number {
  return (
    SEVERITIES.indexOf(left.severity) - SEVERITIES.indexOf(right.severity) ||
    BASES.indexOf(left.basis) - BASES.indexOf(right.basis) ||
    Number(right.at ?? 0) - Number(left.at ?? 0) ||
    (left.rule < right.rule ? -1 : 1)
  );
}
