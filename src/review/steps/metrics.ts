import { AppError } from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import { decimalText, type ExplainedChange } from '../../metrics/index.ts';
import type { PlanMetric } from '../../plan/index.ts';
import { type Hold, holdsOn } from '../holds.ts';
import { measureMetric, seriesOf, type StudiedMetric } from '../measure-metric.ts';
import { recordParts, type ReviewRun } from '../run.ts';
import { type ReadSeries, readSeries, recordSeries } from '../series.ts';
import type { UsageFound } from './usage.ts';

type MetricRecord = RecordOf<'metric'>;

/** What a review's changes are split by: the one thing that most exports tell, and that a price hangs on. */
const SPLIT_BY = 'model';

/** Computes every metric of the plan that the exports can support, and records it. */
export async function computeMetrics(
  run: ReviewRun,
  usage: UsageFound,
  holds: readonly Hold[],
): Promise<readonly StoredRecord<MetricRecord>[]> {
  const read = async (metric: PlanMetric) => await seriesFor(run, metric);
  return await recordParts(run, await metricBodies(run, usage, { holds, read }));
}

/** Computes every metric of the plan that the exports can support; records nothing but what `read` records. */
export async function metricBodies(
  run: ReviewRun,
  usage: UsageFound,
  from: {
    readonly holds: readonly Hold[];
    /** Reads the series of a metric that has one. */
    readonly read: (metric: PlanMetric) => Promise<ReadSeries | undefined>;
  },
): Promise<readonly MetricRecord[]> {
  const { plan } = run.workspace;
  const bodies: MetricRecord[] = [];
  for (const metric of plan.metrics) {
    if (usage.unsupported.has(`metric:${metric.id}`)) continue;
    const series = await from.read(metric);
    const studied = await measureMetric(
      {
        plan,
        aggregate: usage.aggregate,
        asOf: run.now,
        ...(series === undefined ? {} : { series }),
      },
      { metric, period: run.period, by: SPLIT_BY },
    );
    bodies.push({ ...recordOf(run, studied, from.holds), table: usage.table });
  }
  return bodies;
}

/** A series that cannot be read leaves the metric without its units, by name; it must not hide what the others show. */
async function seriesFor(run: ReviewRun, metric: PlanMetric): Promise<ReadSeries | undefined> {
  const id = seriesOf(metric);
  if (id === undefined) return undefined;
  const { workspace, now } = run;
  try {
    const read = await readSeries(workspace, id, now);
    const record = await recordSeries(workspace, read);
    if (record !== undefined) run.parts.push(record.ref);
    return read;
  } catch (error) {
    if (!(error instanceof AppError) || error.exit === 7 || error.exit === 1) throw error;
    const { code, message } = error;
    workspace.ports.log.warn('series.gap', { series: id, code, message });
    return undefined;
  }
}

function recordOf(run: ReviewRun, studied: StudiedMetric, holds: readonly Hold[]): MetricRecord {
  const { explained, outliers, seriesRead, ...result } = studied;
  const effects = effectsOf(explained);
  return {
    kind: 'metric',
    review: run.id,
    ...result,
    ...(effects === undefined ? {} : { effects }),
    ...(outliers === undefined ? {} : { outliers }),
    ...(seriesRead === undefined ? {} : { series: seriesRead }),
    held: holdsOn({ exports: result.exports }, holds, run.workspace.plan),
  };
}

/** Names of models are no words of a record, so that only the totals are kept. */
function effectsOf(explained: ExplainedChange | null): MetricRecord['effects'] {
  if (explained?.kind !== 'known') return undefined;
  const { change, volume, price, mix } = explained.effects;
  return {
    by: SPLIT_BY,
    change: decimalText(change) ?? '0',
    volume: decimalText(volume) ?? '0',
    price: decimalText(price) ?? '0',
    mix: decimalText(mix) ?? '0',
  };
}
