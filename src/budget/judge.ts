import {
  type Decimal,
  decimal,
  type Digest,
  divideDecimal,
  formatDecimal,
  type Instant,
  type Measured,
  type Period,
  type PlainDate,
  type ReasonId,
  sha256,
  unknownShare,
  wholeDecimal,
  ZERO,
} from '../core/index.ts';
import {
  costMeasure,
  type CoverageText,
  coverageText,
  decimalText,
  estimate,
  measureOf,
  type MeasuredText,
  measuredText,
  missingSubjects,
  sumOfPeriod,
} from '../metrics/index.ts';
import type { CostBasis, PlanBudget } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';
import { type Alert, alertsOf, type Resolution, resolutionsOf } from './alerts.ts';
import { amountOf, type DriverInForce, type Drivers } from './amount.ts';
import { type ForecastText, forecastText } from './forecast-text.ts';
import type { HourSums } from './burn.ts';
import type { BudgetOutlook } from './history.ts';
import type { BudgetMemory } from './memory.ts';
import { type Facts, judgeRule, type NotJudged, type RuleResult } from './rules.ts';
import { runRate } from './run-rate.ts';
import { reaches, shareOf } from './share.ts';

/** Takes what a budget is judged on. */
export interface BudgetInput {
  readonly budget: PlanBudget;
  /** The plan's reporting currency; the amount is in it. */
  readonly currency: string;
  readonly period: Period;
  /** The answer to `budgetRequest` for the period. */
  readonly aggregate: Aggregate;
  readonly now: Instant;
  /** What the days before say; without it no rule that looks ahead or at the pace is judged. */
  readonly outlook?: BudgetOutlook;
  /** The newest hours, for windows that look at them. */
  readonly hours?: HourSums;
  /** What amounts can follow from; needed by a budget whose amount does. */
  readonly drivers?: Drivers;
  /** What the rules have done in this period, for the amount and the data of now. */
  readonly memory: (amount: string | null, data: Digest) => BudgetMemory;
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
  /** Null where the quantity that it follows from is not known. */
  readonly amount: string | null;
  /** What the amount follows from; absent where the plan writes it out. */
  readonly driver?: DriverInForce;
  /** At least this much, where `knownRows` is below `totalRows` or a day is missing. */
  readonly spend: MeasuredText;
  readonly share: string | null;
  readonly rules: readonly RuleResult[];
  /** By the forecast ladder; a run rate, labelled so, where the history is too short for it. */
  readonly forecast: ForecastText | null;
  /** Digest of the sums that were judged: the same data have the same. */
  readonly data: Digest;
  readonly exports: readonly string[];
  readonly coverage: CoverageText;
  /** Days to look at; never a reason of the verdict. */
  readonly anomalies: readonly AnomalyText[];
  readonly alerts: readonly Alert[];
  readonly resolutions: readonly Resolution[];
  readonly notJudged: readonly NotJudged[];
}

/** A day that is unlike the days before it, as the budget-verdict record holds it. */
export interface AnomalyText {
  readonly date: PlainDate;
  /** The spend of a day, or the price of one token. */
  readonly what: 'spend' | 'unit-price';
  readonly value: string;
  readonly usual: string;
}

const amountText = (value: number): string => formatDecimal(estimate(value));

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
  const { budget, period, aggregate, now, currency, outlook, hours } = input;
  const { coverage } = aggregate;
  const measured = spendOf(input);
  if (coverage.expected === 0 && measured.totalRows === 0) return undefined;
  const { amount: inForce, driver } = amountOf(budget, period, now, input.drivers);
  const amount = inForce === null ? null : decimal(inForce);
  const spend = measured.value;
  const asOf = earlier(now, coverage.completeThrough);
  const final = isFinal(input);
  const facts: Facts = { amount, spend, period, now, aggregate, outlook, hours, isFinal: final };
  const data = dataDigest(input, measured);
  const memory = input.memory(inForce, data);
  const judged = budget.rules.map((rule) => judgeRule(rule, facts, memory(rule.id)));
  const rules = judged.map(({ result }) => result);
  const reasons = reasonsOf(input, facts, rules);
  return {
    budget: budget.id,
    verdict: verdictOf(facts, reasons),
    reasons,
    missing: missingSubjects(reasons.flatMap((reason) => missingFor(reason, input, driver))),
    period,
    asOf,
    final,
    currency,
    costBasis: budget.cost.basis,
    amount: inForce,
    ...(driver === null ? {} : { driver }),
    spend: measuredText(measured),
    share: decimalText(shareSpent(spend, amount)),
    rules,
    forecast: forecastOf(facts, asOf),
    data,
    exports: aggregate.exports.slice(0, 32),
    coverage: coverageText(coverage),
    anomalies: (outlook?.anomalies ?? []).map((one) => ({
      date: one.date,
      what: one.what,
      value: amountText(one.value),
      usual: amountText(one.usual),
    })),
    alerts: alertsOf(budget.id, period, rules, memory),
    resolutions: resolutionsOf(judged, memory, inForce),
    notJudged: judged.flatMap(({ notJudged }) => notJudged ?? []),
  };
}

function forecastOf(
  { spend, amount, outlook, period, aggregate }: Facts,
  asOf: Instant,
): ForecastText | null {
  const forecast = outlook?.forecast;
  if (spend !== null && forecast !== undefined) return forecastText(forecast, spend, amount);
  const total = decimalText(runRate(spend, period, asOf, aggregate.coverage));
  return total === null ? null : { method: 'run-rate', total };
}

/**
 * Names the sums alone, not the time of asking: judging the same data again is nothing new, and data of later periods
 * changes nothing of one that is whole.
 */
function dataDigest({ budget, period, aggregate }: BudgetInput, measured: Measured): Digest {
  const measure = costMeasure(budget.cost.basis);
  const { coverage, days } = aggregate;
  const sums = days.map(
    ({ date, measures }) => `${date}=${measureOf(measures, measure).value ?? 'unknown'}`,
  );
  const { value, knownRows, totalRows } = measured;
  const parts = [
    budget.id,
    period.start,
    `${value ?? 'unknown'} of ${knownRows}/${totalRows}`,
    coverage.completeThrough === null ? 'never' : earlier(period.end, coverage.completeThrough),
    coverage.missing.join(),
    ...sums,
  ];
  return sha256(parts.join('\n'));
}

/** Cost in another currency than the plan's is not spend of this budget's amount: unknown, never converted. */
function spendOf({ budget, aggregate, currency }: BudgetInput): Measured {
  const measured = sumOfPeriod(aggregate, costMeasure(budget.cost.basis));
  if (!isForeign(aggregate, currency)) return measured;
  const { tokens: _, ...rows } = measured;
  return { ...rows, value: null, knownRows: 0 };
}

const isForeign = ({ currencies, flags }: Aggregate, currency: string): boolean =>
  flags.includes('currency-mixed') || currencies.some((other) => other !== currency);

const earlier = (now: Instant, through: Instant | null): Instant =>
  through !== null && through < now ? through : now;

const shareSpent = (spend: Decimal | null, amount: Decimal | null): Decimal | null =>
  spend === null || amount === null ? null : (divideDecimal(spend, amount) ?? null);

function verdictOf(facts: Facts, reasons: readonly ReasonId[]): BudgetResult['verdict'] {
  if (isBreached(facts)) return 'breached';
  return reasons.every((reason) => TOLD_ONLY.has(reason)) ? 'ok' : 'inconclusive';
}

/** These are alerts about money that is not spent yet, or was not: the verdict stays. */
const TOLD_ONLY: ReadonlySet<ReasonId> = new Set(['forecast-over', 'burn-fast', 'underspent']);

const isBreached = ({ spend, amount }: Facts): boolean =>
  spend !== null && amount !== null && reaches(spend, amount, wholeDecimal(1));

function reasonsOf(
  input: BudgetInput,
  facts: Facts,
  rules: readonly RuleResult[],
): readonly ReasonId[] {
  const crossed = (basis: RuleResult['basis']): boolean =>
    rules.some((rule) => rule.basis === basis && rule.state === 'crossed');
  // A rule that nobody wrote down alerts, and never makes a verdict inconclusive (product.md, "Silence means fine").
  const implied = new Set(input.budget.rules.filter((rule) => rule.implied).map(({ id }) => id));
  const written = (basis: RuleResult['basis']): boolean =>
    rules.some(
      (rule) => rule.basis === basis && rule.state === 'crossed' && !implied.has(rule.rule),
    );
  const gap = gapOf(input, facts.spend);
  return [
    ...(isBreached(facts) ? (['budget-breached'] as const) : []),
    ...(gap === null ? [] : [gap]),
    ...(facts.amount === null ? (['quantity-missing'] as const) : []),
    ...(written('coverage') ? (['coverage-low'] as const) : []),
    ...(written('freshness') ? (['usage-stale'] as const) : []),
    ...(crossed('forecast') ? (['forecast-over'] as const) : []),
    ...(crossed('burn') ? (['burn-fast'] as const) : []),
    ...(crossed('below') ? (['underspent'] as const) : []),
  ];
}

function gapOf(input: BudgetInput, spend: Decimal | null): ReasonId | null {
  const { aggregate, budget, currency } = input;
  if (isForeign(aggregate, currency)) return 'currency-mixed';
  const measured = spendOf(input);
  if (spend === null) {
    return measured.totalRows === 0 && aggregate.coverage.present === 0
      ? 'no-data'
      : 'numerator-missing';
  }
  const max = shareOf(budget.unknownShareMax ?? UNKNOWN_SHARE_MAX);
  return (unknownShare(measured) ?? ZERO) > max ? 'numerator-missing' : null;
}

const isFinal = ({ now, period, aggregate: { coverage } }: BudgetInput): boolean =>
  now >= period.end &&
  coverage.completeThrough !== null &&
  coverage.completeThrough >= period.end &&
  coverage.missing.length === 0 &&
  coverage.present >= coverage.expected;

function missingFor(
  reason: ReasonId,
  { budget, aggregate }: BudgetInput,
  driver: DriverInForce | null,
): readonly string[] {
  if (reason === 'budget-breached' || TOLD_ONLY.has(reason)) return [];
  if (reason === 'quantity-missing') return [`series:${driver?.series ?? budget.id}`];
  const days = aggregate.coverage.missing.map((date) => `day:${date}`);
  if ((reason === 'no-data' || reason === 'coverage-low') && days.length > 0) return days;
  return aggregate.exports.length === 0
    ? [`budget:${budget.id}`]
    : aggregate.exports.map((id) => `export:${id}`);
}
