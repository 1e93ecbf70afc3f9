import type { AdapterFacts, CostBasis, TableMapping } from '../../plan/index.ts';
import type { ColumnId } from '../columns.ts';
import type { LimitId } from '../limits.ts';

/** What a file looks like from outside: enough to recognise it, nothing of its rows' values but type tags. */
export type Shape =
  | { readonly kind: 'csv'; readonly header: readonly string[]; readonly delimiter: string }
  | { readonly kind: 'parquet'; readonly header: readonly string[] }
  | { readonly kind: 'jsonl'; readonly header: readonly string[] }
  | {
      readonly kind: 'json';
      readonly root: 'array' | 'object';
      /** Keys of the object at a path of {@link JSON_PROBES}; absent where there is no object. */
      readonly keys: Readonly<Record<string, readonly string[]>>;
      /** Distinct `object` tags of the results inside buckets. */
      readonly tags: readonly string[];
      readonly hasMore: boolean;
    };

/** Paths whose keys tell one JSON export from another. */
export const JSON_PROBES = [
  '$',
  '$[0]',
  '$.data',
  '$.data[0]',
  '$.data.items[0]',
  '$.daily_quota',
] as const;

/** Where raw texts come from: a column of a table, or a path in a JSON item; `embedded` leads into JSON held as text. */
export interface RawColumn {
  readonly name: string;
  readonly path?: readonly string[];
  readonly embedded?: readonly string[];
}

/** How the engine gets at rows. */
export type Source =
  | { readonly kind: 'csv'; readonly delimiter: string; readonly header: readonly string[] }
  | { readonly kind: 'parquet'; readonly header: readonly string[] }
  | { readonly kind: 'jsonl' }
  /** Items of a JSON array at a path. */
  | { readonly kind: 'json-items'; readonly path: string }
  /** One row per result of each bucket; the bucket's own fields are at `bucket`, a result's at `result`. */
  | { readonly kind: 'json-buckets'; readonly path: string }
  /** An object of arrays: the member's name is at `name`, an item's fields at `item`. */
  | { readonly kind: 'json-members'; readonly path: string };

/** A typed column read from one raw column. */
export type FieldRule =
  | { readonly kind: 'text'; readonly from: string; readonly otherwise?: string }
  | { readonly kind: 'instant'; readonly from: string; readonly unit: 's' | 'ms' | 'us' | 'iso' }
  | { readonly kind: 'date'; readonly from: string }
  | { readonly kind: 'count'; readonly from: string }
  | { readonly kind: 'pseudonym'; readonly from: string }
  /** A closed list of values; anything else is `otherwise`, or the row is quarantined. */
  | {
      readonly kind: 'map';
      readonly from: string;
      readonly values: Readonly<Record<string, string>>;
      readonly otherwise?: string;
    };

/** How the source counts tokens; `unknown` semantics are settled by the row's own total or left unsplit. */
export interface TokenRule {
  readonly input?: string;
  readonly output?: string;
  readonly cacheRead?: string;
  readonly cacheWrite?: string;
  readonly reasoning?: string;
  readonly total?: string;
  /** `flag` names raw columns: the row excludes cached tokens when one of them has its value. */
  readonly cacheInInput:
    | 'yes'
    | 'no'
    | 'unknown'
    | { readonly exclusiveWhen: readonly { readonly from: string; readonly is: string }[] };
  readonly reasoningInOutput: 'yes' | 'no' | 'unknown';
  /** An absent cache or reasoning count means none, rather than untold. */
  readonly absentIsNone: boolean;
}

/** One cost of a row. */
export interface CostRule {
  readonly from: string;
  readonly basis: CostBasis;
  /** `units` are converted by the plan's dated file; without one the cost is unknown. */
  readonly unit: 'currency' | 'hundredth' | 'units';
  /** Exact text, or a binary float as JSON writes it, which is rounded at 10⁻¹⁸. */
  readonly literal: 'exact' | 'float';
  /** `adjustment` makes a negative usage row a settlement; `refuse` quarantines it; `allow` takes it as it stands. */
  readonly negative: 'adjustment' | 'refuse' | 'allow';
}

/** How one recognised file is read. Everything is data: the engine turns it into a query. */
export interface Reading {
  readonly source: Source;
  readonly raw: readonly RawColumn[];
  /** Raw texts that mean nothing was said, beside the empty text. */
  readonly nulls: readonly string[];
  /** Only rows whose raw column has one of these values are usage; the others are counted as skipped. */
  readonly only?: { readonly from: string; readonly in: readonly string[] };
  readonly fields: Readonly<Partial<Record<ColumnId, FieldRule>>>;
  /** Columns that every row must know. */
  readonly required: readonly ColumnId[];
  readonly tokens?: TokenRule;
  readonly costs: readonly CostRule[];
  /** The currency of every cost, where no column says it; `conversion` takes the dated file's. */
  readonly currency:
    | { readonly from: 'format'; readonly code: string }
    | { readonly from: 'conversion' | 'column' | 'none' };
  /** Raw counts where the first must equal the sum of the others whenever all are known. */
  readonly identities: readonly { readonly whole: string; readonly parts: readonly string[] }[];
  /** What each usage row counts as. */
  readonly counts: readonly ('attempts' | 'operations')[];
  /** A category whose positive money is given back. */
  readonly givesBack?: string;
  /** Columns that identify a row; with `none` identical rows are distinct events. */
  readonly key: readonly ColumnId[] | 'none';
  readonly keyQuality: 'provider-id' | 'composite' | 'row-hash';
  readonly restatement: 'append' | 'max-wins' | 'latest-wins' | 'replace-partition';
  /** Dimensions that the export sums over, shown as `*`. */
  readonly aggregated: readonly ('key' | 'project' | 'model' | 'outcome')[];
  /** `event` rows are complete through the last one, `bucket` rows through the last closed bucket. */
  readonly completeness: 'event' | 'bucket';
  /** More pages exist that are not in the file. */
  readonly hasMore: boolean;
  /** Columns of the file that are left at the boundary. */
  readonly dropped: readonly string[];
  readonly cannotTell: readonly LimitId[];
}

/** Reads one export format. Declarative: no code of it runs for a row. */
export interface Adapter {
  readonly id: string;
  readonly version: number;
  readonly facts: AdapterFacts;
  /** Costs that its exports can fill. */
  readonly costBases: readonly CostBasis[];
  /** @returns how to read the file, or `undefined` when it is no export of this kind. */
  readonly recognise: (shape: Shape, mapping?: TableMapping) => Reading | undefined;
  /** What a file must have, for people whose file was not recognised. */
  readonly expects: string;
}
