import { precedingPeriod } from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import { computeMetric, metricRequest, type MetricResult } from '../../metrics/index.ts';
import type { Aggregate } from '../../usage/index.ts';
import { type Hold, holdsOn } from '../holds.ts';
import { recordParts, type ReviewRun } from '../run.ts';
import type { UsageFound } from './usage.ts';

/** Computes every metric of the plan that the exports can support, and records it. */
export async function computeMetrics(
  run: ReviewRun,
  usage: UsageFound,
  holds: readonly Hold[],
): Promise<readonly StoredRecord<RecordOf<'metric'>>[]> {
  return await recordParts(run, await metricBodies(run, usage, holds));
}

/** Computes every metric of the plan that the exports can support; records nothing. */
export async function metricBodies(
  run: ReviewRun,
  usage: UsageFound,
  holds: readonly Hold[],
): Promise<readonly RecordOf<'metric'>[]> {
  const { plan } = run.workspace;
  const bodies: RecordOf<'metric'>[] = [];
  for (const metric of plan.metrics) {
    // A series is a later release's input; the review lists it as not covered.
    if ('series' in metric.denominator || usage.unsupported.has(`metric:${metric.id}`)) continue;
    const questions = metricRequest(metric);
    const current: Aggregate[] = [];
    const previous: Aggregate[] = [];
    for (const question of questions) {
      current.push(await usage.aggregate(question, run.period));
      previous.push(await usage.aggregate(question, precedingPeriod(run.period)));
    }
    const result = computeMetric({ metric, currency: plan.currency, current, previous });
    bodies.push({ ...recordOf(run, result, holds), table: usage.table });
  }
  return bodies;
}

function recordOf(
  run: ReviewRun,
  result: MetricResult,
  holds: readonly Hold[],
): RecordOf<'metric'> {
  return {
    kind: 'metric',
    review: run.id,
    ...result,
    held: holdsOn({ exports: result.exports }, holds, run.workspace.plan),
  };
}
