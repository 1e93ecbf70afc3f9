import { formatDecimal } from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import type { ExplainedChange } from '../../metrics/index.ts';
import type { Hold } from '../holds.ts';
import { measureMetrics } from '../measure-metric.ts';
import { recordParts, type ReviewRun } from '../run.ts';
import { recordedSeries, type SeriesReader } from '../series.ts';
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
  return await recordParts(
    run,
    await metricBodies(run, usage, { holds, series: recordedSeries(run) }),
  );
}

/** Computes every metric of the plan that the exports can support; records nothing but what `series` records. */
export async function metricBodies(
  run: ReviewRun,
  { aggregate, table, unsupported }: UsageFound,
  from: { readonly holds: readonly Hold[]; readonly series: SeriesReader },
): Promise<readonly MetricRecord[]> {
  const { plan } = run.workspace;
  const metrics = plan.metrics.filter(({ id }) => !unsupported.has(`metric:${id}`));
  const what = { period: run.period, by: SPLIT_BY } as const;
  const studied = await measureMetrics(metrics, what, { plan, aggregate, asOf: run.now, ...from });
  return studied.map(({ explained, outliers, seriesRead, held, ...result }) => {
    const effects = effectsOf(explained);
    return {
      kind: 'metric',
      review: run.id,
      ...result,
      ...(effects === undefined ? {} : { effects }),
      ...(outliers === undefined ? {} : { outliers }),
      ...(seriesRead === undefined ? {} : { series: seriesRead }),
      held,
      table,
    };
  });
}

/** Names of models are no words of a record, so that only the totals are kept. */
function effectsOf(explained: ExplainedChange | null): MetricRecord['effects'] {
  if (explained?.kind !== 'known') return undefined;
  const { change, volume, price, mix } = explained.effects;
  return {
    by: SPLIT_BY,
    change: formatDecimal(change),
    volume: formatDecimal(volume),
    price: formatDecimal(price),
    mix: formatDecimal(mix),
  };
}
