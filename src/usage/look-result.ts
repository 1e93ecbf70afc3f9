import type { Instant, Measured, PlainDate } from '../core/index.ts';
import type { MeasureId } from '../plan/index.ts';
import type { LimitId } from './limits.ts';

/** Sums by measure; a measure that the file does not hold is absent. */
export type Sums = Readonly<Partial<Record<MeasureId, Measured>>>;

/** What a file says when nothing but the file is known. */
export interface LookResult {
  readonly file: string;
  readonly adapter: string;
  readonly adapterVersion: number;
  /** How it was recognised, as a phrase. */
  readonly recognisedBy: string;
  readonly rows: number;
  /** Rows left out because they contradict themselves or cannot be read; the first 100 by line. */
  readonly quarantined: number;
  readonly quarantinedRows: readonly { readonly line: number; readonly reason: string }[];
  /** Rows that stand in the file more than once, in one or several versions; each counts once. */
  readonly duplicate: number;
  /** Rows that were charged what their own factors say; null where a format does not carry them. */
  readonly replay: {
    readonly reproduced: number;
    readonly differs: number;
    readonly notCheckable: number;
  } | null;
  /** Rows that were taken and are odd; the first 100 by line. */
  readonly flagged: number;
  readonly flaggedRows: readonly { readonly line: number; readonly reason: string }[];
  /** Rows that are no usage, such as top-ups. */
  readonly skipped: number;
  /** Of events, the first and last instant; of buckets, the first start and last end. Null for date buckets of unknown zone. */
  readonly first: Instant | null;
  readonly last: Instant | null;
  readonly firstDate: PlainDate | null;
  readonly lastDate: PlainDate | null;
  /** The zone that dates are in; `unknown` when nobody documents it. */
  readonly zone: string;
  readonly grain: 'request' | 'hour' | 'day';
  readonly totals: Sums;
  /** Null when the file has no cost, or more than one currency: then no cost sum is given. */
  readonly currency: string | null;
  readonly currencies: readonly string[];
  readonly days: readonly {
    readonly date: PlainDate;
    readonly rows: number;
    readonly sums: Sums;
  }[];
  /** By the first dimension that the file has of model, key, project; null when it has none. */
  readonly by: {
    readonly dimension: 'key' | 'model' | 'project';
    /** At most 50, the costliest (else the busiest) first. `*` is summed over, null is not said. */
    readonly groups: readonly {
      readonly name: string | null;
      readonly rows: number;
      readonly sums: Sums;
    }[];
    readonly more: number;
  } | null;
  /** Costs of each currency, where there are several: nothing adds them, and no other sum holds them. */
  readonly byCurrency?: readonly CurrencySums[];
  /** Cost per unit in `currency`, where both halves are fully known; exact decimals, rounded at 10⁻¹⁸. */
  readonly unitCosts: readonly {
    readonly unit: 'request' | '1k-requests' | '1m-tokens';
    readonly value: string;
  }[];
  readonly requestsAre: 'operations' | 'attempts' | 'unknown';
  readonly buckets: {
    readonly count: number;
    /** Closed buckets without any use: measured zeros. */
    readonly empty: readonly Span[];
    /** Buckets shorter than the file's usual one: cut by the query or still open. */
    readonly partial: readonly Span[];
  } | null;
  /** Dates between first and last without a row or a bucket. */
  readonly missingDays: readonly PlainDate[];
  readonly droppedColumns: readonly string[];
  readonly cannotTell: readonly { readonly code: LimitId; readonly sentence: string }[];
}

/** `[start, end)`; of date buckets, the two midnights in UTC that name the date. */
export interface Span {
  readonly start: Instant;
  readonly end: Instant;
}

/** Costs of one currency. */
export interface CurrencySums {
  readonly currency: string;
  readonly sums: Sums;
}
