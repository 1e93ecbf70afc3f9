import type { Reading } from '../../adapters/adapter.ts';
import type { ColumnId } from '../../columns.ts';
import type { SqlRow } from './connection.ts';

/** Staged files and the files of the table that they may meet. */
export interface MergeRequest {
  readonly reading: Reading;
  /** In which the export's days begin. */
  readonly zone: string;
  /** Parquet files in the order of their names. */
  readonly staged: readonly string[];
  /** They were written in haste, most rows of theirs losing against others: what is taken as it stands is written anew. */
  readonly areDrafts: boolean;
  readonly stagedColumns: readonly ColumnId[];
  readonly current: readonly { readonly path: string; readonly columns: readonly ColumnId[] }[];
  /** Gives the path of a new file to write. */
  readonly newPath: () => string;
}

/** What becomes of both. */
export interface Merged {
  /** Files with the accepted rows. */
  readonly fresh: readonly string[];
  /** Files of the table that lose rows, and the file that stands in their place, if any row is left. */
  readonly replaced: readonly { readonly old: string; readonly path: string | undefined }[];
  readonly duplicate: number;
  readonly superseded: number;
  /** Days of which a newer export tells fewer rows than the table had: what is gone may be missing, or counted twice. */
  readonly shrunk: readonly {
    readonly date: string;
    readonly before: number;
    readonly after: number;
  }[];
  /** Staged files that share days with a later one of the import and hardly a row: parts of one table, or states of it. */
  readonly doubtful?: readonly string[];
}

/** As many days as a manifest names. */
export const SHRUNK_MAX = 100;

/** Reads days from answers with `date`, `before` and `after`. */
export const shrunkOf = (rows: readonly SqlRow[]): Merged['shrunk'] =>
  rows.map((row) => ({
    date: row['date'] ?? '',
    before: Number(row['before']),
    after: Number(row['after']),
  }));
