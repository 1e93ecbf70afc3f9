/**
 * Lists what can be summed over usage records. Token counts follow OpenTelemetry (`inputTokens` includes cache reads);
 * `tokens` is input plus output; `requests` is operations, else attempts; each cost is one basis, never added to another.
 */
export const MEASURES = [
  'requests',
  'operations',
  'attempts',
  'inputTokens',
  'outputTokens',
  'cacheReadInputTokens',
  'cacheCreationInputTokens',
  'reasoningOutputTokens',
  'tokens',
  'chargedCost',
  'effectiveCost',
  'listCost',
  'upstreamCost',
  'notionalCost',
  'seats',
] as const;
export type MeasureId = (typeof MEASURES)[number];

/**
 * Lists what usage can be grouped by; a scope filters by some of them. `seats` counts distinct user references.
 *
 * `rule` is the place of the allocation rule that took a row, `pool` the shared cost it belongs to, `statedWorkload` what the
 * export itself says, whatever the rules make of it.
 */
export const DIMENSIONS = [
  'day',
  'export',
  'provider',
  'environment',
  'key',
  'project',
  'model',
  'workload',
  'owner',
  'outcome',
  'rule',
  'pool',
  'statedWorkload',
] as const;
export type DimensionId = (typeof DIMENSIONS)[number];

/** Says what an adapter's exports can and cannot support, so that a plan that asks for more is told at once. */
export interface AdapterFacts {
  readonly id: string;
  readonly measures: readonly MeasureId[];
  readonly dimensions: readonly DimensionId[];
  /** What the export documents about its day buckets; `unknown` when nobody does. */
  readonly defaultZone: string;
  /** The finest step in time that its rows have. */
  readonly grain: 'request' | 'hour' | 'day';
  /** The export's money needs the plan's `conversion`. */
  readonly needsConversion: boolean;
  /** Its charged cost is what an invoice bills, not what a meter or gateway counted. */
  readonly invoice?: true;
}
