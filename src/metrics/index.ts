export { computeMetric, type MetricInput, type MetricResult } from './compute.ts';
export { type Counted, sumOfPeriod } from './counts.ts';
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
