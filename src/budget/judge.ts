import {
  type Decimal,
  decimal,
  divideDecimal,
  type Instant,
  type Measured,
  type Period,
  type ReasonId,
  wholeDecimal,
} from '../core/index.ts';
import {
  costMeasure,
  type CoverageText,
  coverageText,
  decimalText,
  type MeasuredText,
  measuredText,
  missingSubjects,
  sumOfPeriod,
} from '../metrics/index.ts';
import type { CostBasis, PlanBudget } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';
import { type Alert, alertsOf } from './alerts.ts';
import {
  type Facts,
  judgeRule,
  type NotJudged,
  reaches,
  type RuleResult,
  runRate,
} from './rules.ts';

/** Takes what a budget is judged on. */
export interface BudgetInput {
  readonly budget: PlanBudget;
  /** The plan's reporting currency; the amount is in it. */
  readonly currency: string;
  readonly period: Period;
  /** The answer to `budgetRequest` for the period. */
  readonly aggregate: Aggregate;
  readonly now: Instant;
  /**
   * The ids of the rules that a person wrote into the plan. The others came with a default: they may not make a verdict
   * inconclusive, and freshness and coverage are not judged by them at all.
   */
  readonly writtenRules: readonly string[];
  /** The ids of the rules that have fired in this period: `firedRules` reads them from earlier alerts. */
  readonly fired: readonly string[];
}

/** Holds a budget's verdict; the fields and their values are those of the budget-verdict record. */
export interface BudgetResult {
  readonly budget: string;
  readonly verdict: 'ok' | 'breached' | 'inconclusive';
  readonly reasons: readonly ReasonId[];
  readonly missing: readonly string[];
  readonly period: Period;
  /** min(now, complete through); now, where nothing is known. */
  readonly asOf: Instant;
  /** The period is over and no day of it is missing: this verdict stays. */
  readonly final: boolean;
  readonly currency: string;
  readonly costBasis: CostBasis;
  readonly amount: string;
  /** At least this much, where `knownRows` is below `totalRows` or a day is missing. */
  readonly spend: MeasuredText;
  readonly share: string | null;
  readonly rules: readonly RuleResult[];
  readonly forecast: { readonly method: 'run-rate'; readonly total: string } | null;
  readonly exports: readonly string[];
  readonly coverage: CoverageText;
  readonly alerts: readonly Alert[];
  readonly notJudged: readonly NotJudged[];
}

/** Share of rows of unknown cost that a verdict tolerates where the plan names none; as with metrics, 1 in 20. */
const UNKNOWN_SHARE_MAX = 0.05;

/**
 * Judges a budget for one period.
 *
 * `breached` means that the known spend has reached the whole amount, with or without a rule at 1.0; a lower threshold that
 * is crossed fires an alert and leaves the verdict `ok`. What is known decides: spend is at least that. Without any data,
 * without known cost, or with more rows of unknown cost than tolerated, a budget that is not breached is `inconclusive`.
 *
 * @returns undefined where there is nothing to judge yet: no day of the period has ended and nothing is known of it.
 */
export function judgeBudget(input: BudgetInput): BudgetResult | undefined {
  const { budget, period, aggregate, now, currency } = input;
  const { coverage } = aggregate;
  const measured = spendOf(input);
  if (coverage.expected === 0 && measured.totalRows === 0) return undefined;
  const amount = decimal(budget.amount);
  const asOf = earlier(now, coverage.completeThrough);
  const forecast = runRate(measured.value, period, asOf, coverage);
  const { writtenRules } = input;
  const facts = { amount, spend: measured.value, forecast, period, now, coverage, writtenRules };
  const judged = budget.rules.map((rule) => judgeRule(rule, facts));
  const rules = judged.map(({ result }) => result);
  const reasons = reasonsOf(input, facts, rules);
  return {
    budget: budget.id,
    verdict: verdictOf(facts, reasons),
    reasons,
    missing: missingSubjects(reasons.flatMap((reason) => missingFor(reason, input))),
    period,
    asOf,
    final: isFinal(facts),
    currency,
    costBasis: budget.cost.basis,
    amount: budget.amount,
    spend: measuredText(measured),
    share: decimalText(shareSpent(measured.value, amount)),
    rules,
    forecast:
      forecast === null ? null : { method: 'run-rate', total: decimalText(forecast) ?? '0' },
    exports: aggregate.exports.slice(0, 32),
    coverage: coverageText(coverage),
    alerts: alertsOf(budget.id, period, rules, input.fired),
    notJudged: judged.flatMap(({ notJudged }) => notJudged ?? []),
  };
}

/** Cost in another currency than the plan's is not spend of this budget's amount: unknown, never converted. */
function spendOf({ budget, aggregate, currency }: BudgetInput): Measured {
  const measured = sumOfPeriod(aggregate, costMeasure(budget.cost.basis));
  if (!isForeign(aggregate, currency)) return measured;
  return { ...measured, value: null, knownRows: 0 };
}

const isForeign = ({ currencies, flags }: Aggregate, currency: string): boolean =>
  flags.includes('currency-mixed') || currencies.some((other) => other !== currency);

const earlier = (now: Instant, through: Instant | null): Instant =>
  through !== null && through < now ? through : now;

const shareSpent = (spend: Decimal | null, amount: Decimal): Decimal | null =>
  spend === null ? null : (divideDecimal(spend, amount) ?? null);

function verdictOf(facts: Facts, reasons: readonly ReasonId[]): BudgetResult['verdict'] {
  if (isBreached(facts)) return 'breached';
  return reasons.some((reason) => reason !== 'forecast-over') ? 'inconclusive' : 'ok';
}

const isBreached = ({ spend, amount }: Facts): boolean =>
  spend !== null && reaches(spend, amount, wholeDecimal(1));

function reasonsOf(
  input: BudgetInput,
  facts: Facts,
  rules: readonly RuleResult[],
): readonly ReasonId[] {
  const crossed = (basis: RuleResult['basis']): boolean =>
    rules.some((rule) => rule.basis === basis && rule.state === 'crossed');
  const gap = gapOf(input, facts.spend);
  return [
    ...(isBreached(facts) ? (['budget-breached'] as const) : []),
    ...(gap === null ? [] : [gap]),
    ...(crossed('coverage') ? (['coverage-low'] as const) : []),
    ...(crossed('freshness') ? (['usage-stale'] as const) : []),
    ...(crossed('forecast') ? (['forecast-over'] as const) : []),
  ];
}

function gapOf(input: BudgetInput, spend: Decimal | null): ReasonId | null {
  const { aggregate, budget, currency } = input;
  if (isForeign(aggregate, currency)) return 'currency-mixed';
  const { knownRows, totalRows } = spendOf(input);
  if (spend === null) {
    return totalRows === 0 && aggregate.coverage.present === 0 ? 'no-data' : 'numerator-missing';
  }
  const max = budget.unknownShareMax ?? UNKNOWN_SHARE_MAX;
  return totalRows - knownRows > totalRows * max ? 'numerator-missing' : null;
}

const isFinal = ({ now, period, coverage }: Facts): boolean =>
  now >= period.end &&
  coverage.completeThrough !== null &&
  coverage.completeThrough >= period.end &&
  coverage.missing.length === 0 &&
  coverage.present >= coverage.expected;

function missingFor(reason: ReasonId, { budget, aggregate }: BudgetInput): readonly string[] {
  if (reason === 'budget-breached' || reason === 'forecast-over') return [];
  const days = aggregate.coverage.missing.map((date) => `day:${date}`);
  if ((reason === 'no-data' || reason === 'coverage-low') && days.length > 0) return days;
  return aggregate.exports.length === 0
    ? [`budget:${budget.id}`]
    : aggregate.exports.map((id) => `export:${id}`);
}
