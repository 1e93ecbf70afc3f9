import {
  addDays,
  datesOf,
  type Instant,
  type Period,
  precedingPeriod,
  startOfDate,
} from '../core/index.ts';
import {
  computeMetric,
  effectRequest,
  explainChange,
  type ExplainedChange,
  type MetricResult,
  metricRequest,
  moveFinding,
  outliersOf,
  type UsageQuestion,
} from '../metrics/index.ts';
import type { DimensionId, Plan, PlanMetric } from '../plan/index.ts';
import type { Aggregate } from '../usage/index.ts';
import { type Hold, holdsOn } from './holds.ts';
import type { ReadSeries, SeriesReader } from './series.ts';

/** What a metric is measured with. */
interface MeasureContext {
  readonly plan: Plan;
  readonly aggregate: (question: UsageQuestion, period: Period) => Promise<Aggregate>;
  readonly asOf: Instant;
  /** The series of the metric as its files say it; absent where it has none or it could not be read. */
  readonly series?: ReadSeries;
}

/** A metric with what its change is made of; the record's fields. */
export type StudiedMetric = MetricResult & {
  readonly explained: ExplainedChange | null;
  readonly outliers?: readonly string[];
  readonly seriesRead?: {
    readonly inputs: readonly string[];
    readonly known: number;
    readonly missing: readonly string[];
  };
};

/** Computes metrics one after the other, each with its series and the holds that label it. */
export async function measureMetrics(
  metrics: readonly PlanMetric[],
  what: { readonly period: Period; readonly by: DimensionId },
  context: Omit<MeasureContext, 'series'> & {
    readonly holds: readonly Hold[];
    readonly series: SeriesReader;
  },
): Promise<readonly (StudiedMetric & { readonly held: ReturnType<typeof holdsOn> })[]> {
  const { plan, holds } = context;
  const studied: (StudiedMetric & { readonly held: ReturnType<typeof holdsOn> })[] = [];
  for (const metric of metrics) {
    const id = seriesOf(metric);
    const series = id === undefined ? undefined : await context.series(id);
    const { series: _, ...rest } = context;
    const asked = { ...rest, ...(series === undefined ? {} : { series }) };
    const one = await measureMetric(asked, { metric, ...what });
    studied.push({ ...one, held: holdsOn({ exports: one.exports }, holds, plan) });
  }
  return studied;
}

/** Computes a metric of a period against the one before it, explains the change by one thing, and looks for findings. */
async function measureMetric(
  context: MeasureContext,
  what: { readonly metric: PlanMetric; readonly period: Period; readonly by: DimensionId },
): Promise<StudiedMetric> {
  const { metric, period } = what;
  const { currency } = context.plan;
  const before = precedingPeriod(period);
  const ask = async (questions: readonly UsageQuestion[], of: Period): Promise<Aggregate[]> => {
    const answers: Aggregate[] = [];
    for (const question of questions) answers.push(await context.aggregate(question, of));
    return answers;
  };
  const questions = metricRequest(metric);
  const values = context.series?.values;
  const result = computeMetric({
    metric,
    currency,
    current: await ask(questions, period),
    previous: await ask(questions, before),
    ...(values === undefined ? {} : { series: values }),
  });
  const split = effectRequest(metric, what.by);
  const [current, previous] =
    split === undefined ? [[], []] : [await ask(split, period), await ask(split, before)];
  const outliers = outliersOf(metric, current, previous).map(({ date }) => date);
  const reasons = [
    ...result.reasons,
    ...moveFinding(metric, result),
    ...(outliers.length > 0 ? (['unit-cost-outlier'] as const) : []),
  ];
  return {
    ...result,
    reasons,
    explained:
      split === undefined
        ? null
        : explainChange({ metric, by: what.by, currency, current, previous }),
    ...(outliers.length === 0 ? {} : { outliers: [...new Set(outliers)].toSorted().slice(0, 16) }),
    ...(context.series === undefined
      ? {}
      : { seriesRead: seriesRead(context.series, period, context.asOf) }),
  };
}

/** The days of a period that have ended, and which of them the series has no amount for. */
function seriesRead({ values, files }: ReadSeries, period: Period, asOf: Instant) {
  const known = new Set(values.days.map(({ date }) => date));
  const ended = datesOf(period).filter(
    (date) => startOfDate(addDays(date, 1), period.zone) <= asOf,
  );
  return {
    inputs: files.map(({ digest }) => digest),
    known: ended.filter((date) => known.has(date)).length,
    missing: ended.filter((date) => !known.has(date)).slice(0, 64),
  };
}

/** Names the series that a metric divides by. */
const seriesOf = ({ denominator }: PlanMetric): string | undefined =>
  'series' in denominator ? denominator.series : undefined;
