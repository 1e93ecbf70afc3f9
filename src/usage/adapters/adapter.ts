import type {
  AdapterFacts,
  CostBasis,
  DimensionId,
  MeasureId,
  TableMapping,
} from '../../plan/index.ts';
import type { ColumnId } from '../columns.ts';
import type { LimitId } from '../limits.ts';

/** What a file looks like from outside: enough to recognise it, nothing of its rows' values but type tags. */
export type Shape =
  | { readonly kind: 'csv'; readonly header: readonly string[]; readonly delimiter: string }
  | { readonly kind: 'parquet'; readonly header: readonly string[] }
  | {
      readonly kind: 'jsonl';
      /** Keys of the first line. */
      readonly header: readonly string[];
      /** Dotted paths that occur in the first lines, three names deep at most. */
      readonly paths: readonly string[];
    }
  | {
      readonly kind: 'json';
      readonly root: 'array' | 'object';
      /** Keys of the object at a path of {@link JSON_PROBES}; absent where there is no object. */
      readonly keys: Readonly<Record<string, readonly string[]>>;
      /** Distinct `object` tags of the results inside buckets. */
      readonly tags: readonly string[];
      readonly hasMore: boolean;
      /** Other pages come before this one. */
      readonly isLaterPage?: boolean;
      /** The list that would hold rows is there and holds none. */
      readonly isBlank?: boolean;
    };

/** Paths whose keys tell one JSON export from another. */
export const JSON_PROBES = [
  '$',
  '$[0]',
  '$.data',
  '$.data[0]',
  '$.data.items[0]',
  '$.data.data[0]',
  '$.daily_quota',
  '$.results[0]',
  '$.results[0].metrics',
] as const;

/** A place in a JSON item; `embedded` leads on into an object, or into JSON that is held as text. */
export interface Place {
  readonly path?: readonly string[];
  readonly embedded?: readonly string[];
  /** Counts of the object there are added up, of every member whose name has these letters but those that are read by themselves. */
  readonly sum?: { readonly having: string; readonly but: readonly string[] };
  /** Says `true` where a text stands that is no JSON object, and nothing otherwise: what it embeds is not known. */
  readonly saysBroken?: true;
}

/** Where raw texts come from: a column of a table, or a place in a JSON item. */
export interface RawColumn extends Place {
  readonly name: string;
  /** Further places of the same meaning, tried in order where the ones before say nothing. */
  readonly or?: readonly Place[];
  /** Texts of this column alone that mean nothing was said. */
  readonly nulls?: readonly string[];
  /** JSON Lines only: what a line does not say, the last line before it that did has said; some columns, only in lines that hold a text. */
  readonly carried?: true | { readonly path: readonly string[]; readonly is: string };
}

/** Rows whose raw column has one of these values, or says anything at all. */
export interface RowTest {
  readonly from: string;
  readonly in: readonly string[] | 'said';
  /** Rows that pass no test, whatever else they say. */
  readonly unless?: RowTest;
}

/** How the engine gets at rows. */
export type Source =
  | { readonly kind: 'csv'; readonly delimiter: string; readonly header: readonly string[] }
  | { readonly kind: 'parquet'; readonly header: readonly string[] }
  | { readonly kind: 'jsonl' }
  /** Items of a JSON array at a path. */
  | { readonly kind: 'json-items'; readonly path: string }
  /** One row per result of each bucket; the bucket's own fields are at `bucket`, a result's at `result`. */
  | {
      readonly kind: 'json-buckets';
      readonly path: string;
      /** The bucket's fields that bound it. */
      readonly span: { readonly start: string; readonly end: string; readonly unit: 's' | 'iso' };
    }
  /** One row per member of an inner list; the item's own fields are at `outer`, a member's at `inner`. */
  | { readonly kind: 'json-nested'; readonly path: string; readonly inner: string }
  /** One row per OTLP span or log record, its attributes as one object, in one JSON text or one a line. */
  | { readonly kind: 'otlp'; readonly of: 'spans' | 'logs'; readonly isLines: boolean }
  /** An object of arrays: the member's name is at `name`, an item's fields at `item`. */
  | { readonly kind: 'json-members'; readonly path: string };

/** A typed column read from one raw column. */
export type FieldRule =
  | { readonly kind: 'text'; readonly from: string; readonly otherwise?: string }
  | {
      readonly kind: 'instant';
      readonly from: string;
      /** `iso-or-date` takes a bare date for its first instant. */
      readonly unit: 's' | 'ms' | 'us' | 'ns' | 'iso' | 'iso-or-date';
    }
  /** A date, or the midnight that begins it. */
  | { readonly kind: 'date'; readonly from: string }
  /** A reference that names the row; a row without one is named by a digest of everything that it holds. */
  | { readonly kind: 'identity'; readonly from: string }
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
  /** One count, or disjoint counts that add up to it; so for the output. */
  readonly input?: string | readonly string[];
  readonly output?: string | readonly string[];
  readonly cacheRead?: string;
  /** One count, or disjoint counts that add up to all cache writes. */
  readonly cacheWrite?: string | readonly string[];
  readonly reasoning?: string;
  /** Prompts of tools that stand beside `input`, and are counted into it. */
  readonly toolUse?: string;
  /** The row's own checksum. */
  readonly total?: string;
  /** The row excludes cached tokens when one of the tests holds. */
  readonly cacheInInput: 'yes' | 'no' | 'unknown' | { readonly exclusiveWhen: readonly RowTest[] };
  readonly reasoningInOutput: 'yes' | 'no' | 'unknown';
  /** An absent cache or reasoning count means none, rather than untold. */
  readonly absentIsNone: boolean;
  /** A raw column that says `true` of rows whose details nobody can read: what they hold of cached tokens is not known. */
  readonly unreadWhen?: string;
}

/** One cost of a row. */
export interface CostRule {
  readonly from: string;
  readonly basis: CostBasis;
  /** `units` are converted by the plan's dated file; without one the cost is unknown. */
  readonly unit: 'currency' | 'hundredth' | 'units';
  /** Exact text, a binary float as JSON writes it, which is rounded at 10⁻¹⁸, or exact text as people read it: `$1,234.50`. */
  readonly literal: 'exact' | 'float' | 'grouped';
  /** The step in which the source writes its amounts, in whole units of the currency, where it documents one. */
  readonly quantum?: string;
  /** Only these rows have this cost. */
  readonly when?: RowTest;
  /** These rows cost nothing on this basis, whatever amount they show. */
  readonly noneWhen?: RowTest;
  /** What a zero beside tokens means; `unpriced`: the source had no price, so the cost is unknown. Default: a zero. */
  readonly zero?: 'unpriced';
  /** Rows whose zero is one all the same. */
  readonly zeroIsKnown?: RowTest;
  /** `adjustment` makes a negative usage row a settlement; `refuse` quarantines it; `allow` takes it as it stands. */
  readonly negative: 'adjustment' | 'refuse' | 'allow';
}

/** One summand of a replayed charge: a count less others, times a ratio. */
export interface ReplayTerm {
  readonly count: string;
  readonly minus?: readonly string[];
  /** Without one the ratio is 1. */
  readonly ratio?: string;
}

/** A formula of a charge: the sum of terms, times every factor, rounded. */
export interface ReplayFormula {
  readonly terms: readonly ReplayTerm[];
  readonly factors: readonly string[];
  /** More than one where versions of the source differ and the row does not say which it is. */
  readonly rounding: readonly ('half-up' | 'down')[];
}

/** How a row's own factors reproduce its own charge, in whole units. */
export interface ReplayRule {
  readonly charge: string;
  /** Rows of another formula, by the same flags that say how tokens are counted. */
  readonly formula: ReplayFormula;
  readonly exclusive: ReplayFormula;
  /** Rows that say another way of charging: nothing can be said of them. */
  readonly notCheckable: readonly { readonly from: string; readonly isNot: readonly string[] }[];
}

/** Cost per million tokens, in whole units of the currency, outside of which a unit, a mapping or the export is wrong. */
export interface Band {
  readonly basis: CostBasis;
  readonly min: number;
  readonly max: number;
}

/** Orders of magnitude around what any source of requests shows; never a price. */
export const WIDE_BAND = { basis: 'charged', min: 0.000_1, max: 10_000 } as const satisfies Band;

/** How one recognised file is read. Everything is data: the engine turns it into a query. */
export interface Reading {
  readonly source: Source;
  readonly raw: readonly RawColumn[];
  /** Raw texts that mean nothing was said, beside the empty text. */
  readonly nulls: readonly string[];
  /** Only rows whose raw column has one of these values are usage; the others are counted as skipped. */
  readonly only?: RowTest;
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
  readonly replay?: ReplayRule;
  readonly band?: Band;
  /** What each usage row counts as. */
  readonly counts: readonly ('attempts' | 'operations')[];
  /** A category whose positive money is given back. */
  readonly givesBack?: string;
  /** A query that begins or ends within a day cuts the bucket of that day shorter; it is the same bucket. */
  readonly cutsDays?: true;
  /** Columns that identify a row; with `none` identical rows are distinct events. */
  readonly key: readonly ColumnId[] | 'none';
  readonly keyQuality: 'provider-id' | 'composite' | 'row-hash';
  readonly restatement: 'append' | 'max-wins' | 'latest-wins' | 'replace-partition';
  /**
   * The column of the billing period, where a newer export replaces days of its own periods only: what a later period corrects
   * adds to the day that it corrects.
   */
  readonly partition?: ColumnId;
  /**
   * Key columns that name a bucket of which a file tells every row: a row of it that only an earlier file told is a finding,
   * because that one may have grouped or filtered otherwise.
   */
  readonly toldWhole?: readonly ColumnId[];
  /** Dimensions that the export sums over, shown as `*`. */
  readonly aggregated: readonly ('key' | 'project' | 'model' | 'outcome')[];
  /** `event` rows are complete through the last one, `bucket` rows through the last closed bucket. */
  readonly completeness: 'event' | 'bucket';
  /** More pages exist that are not in the file. */
  readonly hasMore: boolean;
  /** JSON items only: a page begins or ends within this one, which holds a part of what it names and is left out. */
  readonly cut?: readonly ('first' | 'last')[];
  /** Columns of the file that are left at the boundary. */
  readonly dropped: readonly string[];
  readonly cannotTell: readonly LimitId[];
}

/** What rows of every export can be grouped by: the plan and its rules say it of them. */
export const EVERYWHERE = [
  'day',
  'export',
  'provider',
  'environment',
  'workload',
  'owner',
] as const satisfies readonly DimensionId[];

/** Measures of a source that tells cached tokens. */
export const CACHED_TOKENS = [
  'inputTokens',
  'outputTokens',
  'cacheReadInputTokens',
  'cacheCreationInputTokens',
  'tokens',
] as const satisfies readonly MeasureId[];

/** Reads one export format. Declarative: no code of it runs for a row. */
export interface Adapter {
  readonly id: string;
  readonly version: number;
  readonly facts: AdapterFacts;
  /**
   * Its exports are many JSON Lines files of which some hold no usage: they are read at once, all as the first that is
   * recognised. Only where every file is read alike and the order of files is no matter.
   */
  readonly readsTogether?: true;
  /** Costs that its exports can fill. */
  readonly costBases: readonly CostBasis[];
  /** @returns how to read the file, or `undefined` when it is no export of this kind. */
  readonly recognise: (shape: Shape, mapping?: TableMapping) => Reading | undefined;
  /** What a file must have, for people whose file was not recognised. */
  readonly expects: string;
}
