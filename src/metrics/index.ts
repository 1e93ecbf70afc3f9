export { explainRow, type RowExplanation, type RowFacts } from './allocation/explain-row.ts';
export { computeMetric, type MetricInput, type MetricResult } from './compute.ts';
export { type Effects } from './effects/decompose.ts';
export { effectRequest, explainChange, type ExplainedChange } from './effects/explain-change.ts';
export { moveFinding, outliersOf } from './effects/findings.ts';
export { leftPriceBands } from './effects/price-bands.ts';
export { type Counted, measureOf, sumOfPeriod } from './counts.ts';
export {
  type Anomaly,
  type AnomalyOptions,
  findAnomalies,
  findPriceJumps,
} from './forecast/anomalies.ts';
export type { BackTest } from './forecast/back-test.ts';
export { datesBetween, daysBetween, type KnownDay, roughly } from './forecast/day-series.ts';
export {
  chanceOfReaching,
  estimate,
  type ExpectedEvent,
  forecastPeriod,
  type PeriodForecast,
} from './forecast/forecast-period.ts';
export type { ForecastMethod } from './forecast/model.ts';
export { sumOfDays, weekdayProfile } from './forecast/profile.ts';
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
export {
  billView,
  type BillView,
  COMPARED,
  type ComparedMeasure,
  COMPARED_MEASURE,
} from './reconcile/view.ts';
export { costMeasure, metricRequest, type UsageQuestion } from './request.ts';
export { parseSeries, seriesDays, type SeriesRow } from './series/parse-series.ts';
