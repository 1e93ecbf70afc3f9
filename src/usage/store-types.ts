import type { Digest, Instant, Measured } from '../core/index.ts';
import type { CostBasis, Plan, PlanExport } from '../plan/index.ts';
import type { Aggregate, AggregateRequest } from './aggregate.ts';
import type { CompactRequest, CompactResult } from './compact.ts';
import type { Conversion } from './conversion.ts';
import type { AmountLiteral } from './engines/duckdb/list-literals.ts';
import type { LimitId } from './limits.ts';
import type { Manifest } from './manifest.ts';
import type { ReferenceRequest, RowReference } from './references.ts';
import type { WriteRequest, WriteResult } from './write-usage.ts';
import type { RowRequest, UsageRow } from './row-facts.ts';

/** Asks the store to read approved files of one export. */
export interface ImportRequest {
  readonly export: PlanExport;
  readonly plan: Plan;
  /**
   * Absolute paths; see `findFiles`. At most 32 new ones are read in one import, 10,000 where the adapter reads together; the
   * rest is `remaining`.
   */
  readonly files: readonly string[];
  /** What the export's own unit is worth; without it such cost is unknown. */
  readonly conversion?: Conversion;
  /** The table: digests of the manifests that the ledger's import records name, oldest first. */
  readonly current: readonly Digest[];
  /** What had ended by then counts as closed; default: the clock. */
  readonly now?: Instant;
  /** A recorded import is derived again: one that took no row was recorded, before such were refused. */
  readonly derives?: true;
}

/** Says what an import did; its fields are those of the ledger's import record. */
export interface ImportResult {
  /** `unchanged`: every file was imported before; the other fields are those of that import. */
  readonly kind: 'imported' | 'unchanged';
  readonly export: string;
  readonly adapter: string;
  readonly adapterVersion: number;
  readonly manifest: Digest;
  readonly inputs: readonly Digest[];
  /** Files that are new and not read yet: import again, with this manifest in `current`. */
  readonly remaining: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly duplicate: number;
  readonly superseded: number;
  /** Rows that are no usage, such as top-ups. */
  readonly skipped: number;
  readonly requests: Measured;
  readonly tokens: Measured;
  readonly cost: readonly {
    readonly basis: CostBasis;
    readonly currency: string;
    readonly sum: Measured;
  }[];
  /** Dates of an unknown zone are read in the plan's. */
  readonly start: Instant | null;
  readonly end: Instant | null;
  readonly completeThrough: Instant | null;
  /** Digest over rows, known counts and exact sums per UTC day. */
  readonly content: Digest;
  /** The first 100 rows that were left out. */
  readonly quarantinedRows: readonly QuarantinedLine[];
  /** Rows whose charge follows from their own factors; null where the format does not carry them. */
  readonly replay: {
    readonly reproduced: number;
    readonly differs: number;
    readonly notCheckable: number;
  } | null;
  /** Rows that were taken and are odd. */
  readonly flagged: number;
  /** The first 100 of them. */
  readonly flaggedRows: readonly QuarantinedLine[];
  /** What duplicate and superseded rows would have added; null where there was none. */
  readonly avoided: Pick<ImportResult, 'requests' | 'tokens' | 'cost'> | null;
  /** Under `replace-partition` the rows that are not told again are gone from the table, else they still count. */
  readonly restatement: Manifest['constants']['restatement'];
  /** Days of which the newer export tells fewer rows than the table had. */
  readonly shrunk: readonly {
    readonly date: string;
    readonly before: number;
    readonly after: number;
  }[];
  readonly droppedColumns: readonly string[];
  readonly cannotTell: readonly { readonly code: LimitId; readonly sentence: string }[];
}

/** A row that was left out: where, and a code why. */
export interface QuarantinedLine {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** One import as `usage list` shows it. */
export type ImportSummary = Omit<ImportResult, 'kind' | 'remaining'> & {
  /** Names of the files that were read. */
  readonly files: readonly string[];
  /** Parquet files of this import that still belong to the table. */
  readonly live: number;
};

/** Where a number's rows came from. */
export interface Explanation {
  readonly export: string;
  readonly adapter: string;
  readonly manifest: Digest;
  readonly inputs: readonly {
    readonly digest: Digest;
    readonly name: string;
    readonly bytes: number;
  }[];
  readonly file: Digest;
  /** Rows of the file that match. */
  readonly rows: number;
  /** Their amounts as the source wrote them, where the typed amount does not say it; the first 20. */
  readonly literals: readonly AmountLiteral[];
  readonly zone: string;
  readonly restatement: string;
  readonly key: readonly string[];
}

/** Asks where rows came from: by a request's or trace's reference, by date, or the whole table. */
export interface ExplainRequest {
  readonly manifests: readonly Digest[];
  readonly export?: string;
  /** A request or trace reference. */
  readonly ref?: string;
  /** A UTC date. */
  readonly date?: string;
}

/** Keeps usage as immutable files; which of them are the table, the caller says each time. */
export interface UsageStore {
  /**
   * Reads files of one approved export, all or nothing.
   *
   * @throws {AppError} what `look` throws, `disk-full`, `file-not-writable`, and `export-unreadable` when a manifest or file
   * of the table is missing or changed.
   */
  readonly importExport: (request: ImportRequest) => Promise<ImportResult>;
  /** @throws {AppError} `export-unreadable` naming a missing or changed manifest or file. */
  readonly aggregate: (request: AggregateRequest) => Promise<Aggregate>;
  readonly list: (manifests: readonly Digest[], plan: Plan) => Promise<readonly ImportSummary[]>;
  readonly explain: (request: ExplainRequest) => Promise<readonly Explanation[]>;
  readonly references: (request: ReferenceRequest) => Promise<readonly RowReference[]>;
  /** Writes the files of one export anew as few; undefined where there are no two to put together. */
  readonly compact: (request: CompactRequest) => Promise<CompactResult | undefined>;
  /** Rows of a reference, with what allocation looks at; 20 at most. */
  readonly rowsOf: (request: RowRequest) => Promise<readonly UsageRow[]>;
  /** Writes stored rows to a new file; see {@link WriteRequest}. */
  readonly write: (request: WriteRequest) => Promise<WriteResult>;
  /** Closes the engine; the store holds nothing that could be lost. */
  readonly close: () => Promise<void>;
}
