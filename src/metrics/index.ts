export { explainRow, type RowExplanation, type RowFacts } from './allocation/explain-row.ts';
export { computeMetric, type MetricInput, type MetricResult } from './compute.ts';
export { type Counted, sumOfPeriod } from './counts.ts';
export { type Effects } from './effects/decompose.ts';
export { effectRequest, explainChange, type ExplainedChange } from './effects/explain-change.ts';
export { moveFinding, outliersOf } from './effects/findings.ts';
export type { SeriesValues } from './fraction.ts';
export {
  type CoverageText,
  coverageText,
  decimalText,
  type MeasuredText,
  measuredText,
  missingSubjects,
} from './recordable.ts';
export { type ComparedPair, compareViews } from './reconcile/compare-views.ts';
export { billView, type BillView, COMPARED_MEASURE } from './reconcile/view.ts';
export { costMeasure, metricRequest, type UsageQuestion } from './request.ts';
export { parseSeries, seriesDays, type SeriesRow } from './series/parse-series.ts';
