export { computeMetric, type MetricInput, type MetricResult } from './compute.ts';
export { type Counted, measureOf, sumOfPeriod } from './counts.ts';
export {
  type Anomaly,
  type AnomalyOptions,
  findAnomalies,
  findPriceJumps,
} from './forecast/anomalies.ts';
export type { BackTest } from './forecast/back-test.ts';
export { datesBetween, daysBetween, type KnownDay } from './forecast/day-series.ts';
export {
  chanceOfReaching,
  estimate,
  type ExpectedEvent,
  forecastPeriod,
  type PeriodForecast,
  roughly,
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
export { costMeasure, metricRequest, type UsageQuestion } from './request.ts';
