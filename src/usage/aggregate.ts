import type { DayCoverage, Decimal, Digest, Measured, Period, PlainDate } from '../core/index.ts';
import type { CostBasis, DimensionId, MeasureId, Plan, Scope } from '../plan/index.ts';

/** Asks the store for sums. */
export interface AggregateRequest {
  /** The table: digests of the manifests that the ledger's import records name, oldest first. */
  readonly manifests: readonly Digest[];
  /** Gives exports, reconcile views, allocation rules and the reporting zone. */
  readonly plan: Plan;
  readonly period: Period;
  readonly measures: readonly MeasureId[];
  readonly by: readonly DimensionId[];
  readonly filter: Scope;
  /** Charge categories that count for cost; empty means all. */
  readonly include: readonly string[];
  /** Days after this instant are not expected yet, and rows after it do not count. */
  readonly asOf: string;
}

/** One group of the answer; a dimension that the source did not say is null, one it was not grouped by is `*`. */
export interface AggregateRow {
  readonly group: Readonly<Partial<Record<DimensionId, string | null>>>;
  readonly measures: Readonly<Partial<Record<MeasureId, Measured>>>;
}

/** Holds sums and what they rest on. */
export interface Aggregate {
  readonly period: Period;
  /** Sorted by group; empty when no row matched. */
  readonly rows: readonly AggregateRow[];
  readonly total: AggregateRow;
  /** Sums of each date that has data, in the period's zone. */
  readonly days: readonly {
    readonly date: PlainDate;
    readonly measures: AggregateRow['measures'];
  }[];
  readonly coverage: DayCoverage;
  /** Currencies of the rows with cost; more than one means that no cost sum is given. */
  readonly currencies: readonly string[];
  /** The step of charged amounts, where the source declares one and one export alone contributes. */
  readonly quantum?: Decimal;
  /** Exports that contributed a row. */
  readonly exports: readonly string[];
  /** What a reader must be told, as codes: a day bucket of an unknown zone counts on the date it names. */
  readonly flags: readonly AggregateFlag[];
  /** Whether `requests` counts operations or, where none are known, attempts. */
  readonly requestsAre: 'operations' | 'attempts' | 'unknown';
}

/**
 * `zone-unknown`: day buckets count on the date they name; `bucket-zone-differs`: so do day buckets of another zone than the
 * period's, which cannot be shifted.
 */
export type AggregateFlag = 'zone-unknown' | 'bucket-zone-differs' | 'currency-mixed';

/** Names the measure that holds a basis of cost. */
export const COST_MEASURE = {
  charged: 'chargedCost',
  effective: 'effectiveCost',
  list: 'listCost',
  upstream: 'upstreamCost',
  notional: 'notionalCost',
} as const satisfies Record<CostBasis, MeasureId>;
