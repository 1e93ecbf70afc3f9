import {
  type DayCoverage,
  type Decimal,
  divideDecimal,
  formatDecimal,
  fromAtto,
  type OutcomeKind,
  type Period,
  type PlainDate,
  type ReasonId,
  relativeChange,
  wholeDecimal,
} from '../core/index.ts';
import type { CostBasis, PlanMetric } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';
import type { Counted } from './counts.ts';
import { type Fraction, fractionOf, type SeriesValues } from './fraction.ts';
import {
  type CoverageText,
  coverageText,
  decimalText,
  type MeasuredText,
  measuredText,
  missingSubjects,
} from './recordable.ts';

/** Takes what a metric is computed from. */
export interface MetricInput {
  readonly metric: PlanMetric;
  /** The plan's reporting currency; cost in another one is not converted. */
  readonly currency: string;
  /** The answers to `metricRequest`, in its order. */
  readonly current: readonly Aggregate[];
  /** The same for the preceding period; null when nobody asked. */
  readonly previous: readonly Aggregate[] | null;
  /** Needed by a metric over a series. */
  readonly series?: SeriesValues;
}

/** Holds a metric of one period; the fields and their values are those of the metric record. */
export interface MetricResult {
  readonly metric: string;
  readonly outcome: OutcomeKind;
  readonly reasons: readonly ReasonId[];
  readonly missing: readonly string[];
  readonly period: Period;
  /** Cost per `scale` units; null when it cannot be computed, never infinity. */
  readonly value: string | null;
  readonly currency: string;
  readonly scale: number;
  readonly numerator: MeasuredText;
  readonly costBasis: CostBasis;
  readonly denominator: MeasuredText;
  readonly counted: Counted;
  readonly exports: readonly string[];
  readonly coverage: CoverageText;
  readonly previous: {
    readonly value: string | null;
    readonly period: Period;
    readonly coverage: CoverageText;
  } | null;
  /** (value − previous) ÷ previous; null unless both stand without reservation and their coverage is the same. */
  readonly change: string | null;
}

/** Above this share of unknown days or rows, 1 in 20, a ratio is no longer called known (design: budgets.md 5). */
const UNKNOWN_ONE_IN = 20;

interface Side {
  readonly fraction: Fraction;
  readonly value: Decimal | null;
  readonly reasons: readonly ReasonId[];
  readonly missing: readonly string[];
  readonly coverage: DayCoverage;
  readonly period: Period;
  readonly exports: readonly string[];
}

/**
 * Computes a unit metric and its change against the preceding period.
 *
 * Cost or units that are unknown make it inconclusive, as does cost without any unit; days that are missing altogether do
 * not: they are in `coverage`, beside the number. A plan's `compare.tolerance` and `sanity` are not judged here.
 *
 * @throws {RangeError} when `current` holds no answer: a bug of the caller.
 */
export function computeMetric(input: MetricInput): MetricResult {
  const { metric } = input;
  const now = sideOf(input, input.current);
  if (now === undefined) throw new RangeError('A metric needs the answer to its question');
  const before = input.previous === null ? undefined : sideOf(input, input.previous);
  return {
    metric: metric.id,
    outcome: now.reasons.length === 0 ? 'pass' : 'inconclusive',
    reasons: now.reasons,
    missing: now.missing,
    period: now.period,
    value: decimalText(now.value),
    currency: input.currency,
    scale: metric.scale,
    numerator: measuredText(now.fraction.numerator),
    costBasis: metric.numerator.cost,
    denominator: measuredText(now.fraction.denominator),
    counted: now.fraction.counted,
    exports: now.exports,
    coverage: coverageText(now.coverage),
    previous:
      before === undefined
        ? null
        : {
            value: decimalText(before.value),
            period: before.period,
            coverage: coverageText(before.coverage),
          },
    change: before === undefined ? null : changeOf(now, before),
  };
}

function sideOf(input: MetricInput, answers: readonly Aggregate[]): Side | undefined {
  const found = fractionOf(input.metric, answers, input.series);
  const [cost] = answers;
  if (found === undefined || cost === undefined) return undefined;
  const mixed = isForeign(cost, input.currency);
  const fraction = mixed ? withoutNumerator(found) : found;
  const coverage = answers.map((answer) => answer.coverage).reduce(narrower);
  const exports = [...new Set(answers.flatMap((answer) => answer.exports))].toSorted().slice(0, 32);
  const empty =
    coverage.present === 0 && answers.every(({ rows, days }) => rows.length + days.length === 0);
  const reasons = empty ? ['no-data' as const] : reasonsOf(input.metric, fraction, mixed);
  return {
    fraction,
    value: valueOf(input.metric, fraction),
    reasons,
    missing: missingSubjects(
      reasons.flatMap((reason) => missingFor(reason, { input, fraction, coverage, exports })),
    ),
    coverage,
    period: cost.period,
    exports,
  };
}

const isForeign = ({ currencies, flags }: Aggregate, currency: string): boolean =>
  flags.includes('currency-mixed') || currencies.some((other) => other !== currency);

const withoutNumerator = (fraction: Fraction): Fraction => ({
  ...fraction,
  numerator: { value: null, knownRows: 0, totalRows: fraction.numerator.totalRows },
});

function valueOf(metric: PlanMetric, { numerator, denominator }: Fraction): Decimal | null {
  if (numerator.value === null || denominator.value === null || denominator.value < 0n) return null;
  // One rounding: the scale multiplies the exact sum before the division.
  const scaled = fromAtto(numerator.value * BigInt(metric.scale));
  return divideDecimal(scaled, denominator.value) ?? null;
}

function reasonsOf(metric: PlanMetric, fraction: Fraction, mixed: boolean): readonly ReasonId[] {
  const { numerator, denominator } = fraction;
  const missing: readonly ReasonId[] = [
    ...(mixed ? (['currency-mixed'] as const) : []),
    ...(!mixed && isCostMissing(fraction) ? (['numerator-missing'] as const) : []),
    ...(areUnitsMissing(fraction) ? (['denominator-missing'] as const) : []),
  ];
  if (missing.length > 0) return missing;
  if (denominator.value === 0n) {
    return numerator.value === 0n ? ['no-activity'] : ['denominator-zero'];
  }
  const low = (denominator.value ?? 0n) < wholeDecimal(metric.minDenominator);
  return low ? ['denominator-low'] : [];
}

/** Where no day has both halves, the half that every such day knows is not the one that is missing. */
function isCostMissing(fraction: Fraction): boolean {
  const { numerator, withoutCost, withoutUnits, days } = fraction;
  if (numerator.value === null) return withoutCost.length > 0 || withoutUnits.length === 0;
  return (
    isManyOf(withoutCost.length, days) ||
    isManyOf(fraction.unknownCostRows, numerator.knownRows + fraction.unknownCostRows)
  );
}

function areUnitsMissing(fraction: Fraction): boolean {
  const { denominator, withoutCost, withoutUnits, days } = fraction;
  if (denominator.value === null) return withoutUnits.length > 0 || withoutCost.length === 0;
  if (denominator.value < 0n) return true;
  return (
    isManyOf(withoutUnits.length, days) ||
    isManyOf(fraction.unknownUnitRows, denominator.knownRows + fraction.unknownUnitRows)
  );
}

const isManyOf = (unknown: number, all: number): boolean => unknown * UNKNOWN_ONE_IN > all;

interface Gap {
  readonly input: MetricInput;
  readonly fraction: Fraction;
  readonly coverage: DayCoverage;
  readonly exports: readonly string[];
}

function missingFor(reason: ReasonId, gap: Gap): readonly string[] {
  const { metric } = gap.input;
  const self = `metric:${metric.id}`;
  const series = 'series' in metric.denominator ? `series:${metric.denominator.series}` : undefined;
  const exports = gap.exports.length === 0 ? [self] : gap.exports.map((id) => `export:${id}`);
  if (reason === 'no-data') return dayNames(gap.coverage.missing, [self]);
  if (reason === 'currency-mixed') return exports;
  if (reason === 'numerator-missing') return dayNames(gap.fraction.withoutCost, exports);
  if (series !== undefined) return [series];
  return reason === 'denominator-missing' ? dayNames(gap.fraction.withoutUnits, exports) : [self];
}

const dayNames = (dates: readonly PlainDate[], otherwise: readonly string[]): readonly string[] =>
  dates.length === 0 ? otherwise : dates.map((date) => `day:${date}`);

/** What two answers both cover. */
function narrower(left: DayCoverage, right: DayCoverage): DayCoverage {
  const [one, other] = [left.completeThrough, right.completeThrough];
  const expected = Math.max(left.expected, right.expected);
  const missing = [...new Set([...left.missing, ...right.missing])].toSorted();
  return {
    expected,
    present: expected - missing.length,
    missing,
    completeThrough: one === null || other === null ? null : one < other ? one : other,
  };
}

function changeOf(now: Side, before: Side): string | null {
  if (now.reasons.length + before.reasons.length > 0) return null;
  if (now.value === null || before.value === null) return null;
  if (now.fraction.counted !== before.fraction.counted) return null;
  const comparable =
    now.coverage.present * before.coverage.expected ===
    before.coverage.present * now.coverage.expected;
  const change = relativeChange(now.value, before.value);
  return comparable && change !== undefined ? formatDecimal(change) : null;
}
