export { ADAPTER_FACTS } from './adapters/registry.ts';
export {
  type Aggregate,
  type AggregateFlag,
  type AggregateRequest,
  type AggregateRow,
  COST_MEASURE,
} from './aggregate.ts';
export { CALENDAR_SPANS, type CalendarSpan, rowsBySpan, type SpanRow } from './calendar-spans.ts';
export type { CompactResult } from './compact.ts';
export { isUnallocated } from './allocation-labels.ts';
export { type LimitId, LIMITS } from './limits.ts';
export { look } from './look.ts';
export type { LookOptions } from './look-options.ts';
export type { LookResult, Span, Sums } from './look-result.ts';
export { type MapResult, mapFile } from './map-file.ts';
export { type Conversion, parseConversion } from './conversion.ts';
export { openUsageStore, type StoreOptions } from './store.ts';
export type {
  Explanation,
  ExplainRequest,
  ImportRequest,
  ImportResult,
  ImportSummary,
  QuarantinedLine,
  UsageStore,
} from './store-types.ts';
export { WRITE_FORMATS, WRITE_READERS, type WriteRequest } from './write-usage.ts';
export { findFiles } from './find-files.ts';
export type { UsageRow } from './row-facts.ts';
export { refreshExport, type RefreshResult } from './refresh.ts';
