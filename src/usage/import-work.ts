import type { Bucket } from './engines/duckdb/buckets.ts';
import type { Connection } from './engines/duckdb/connection.ts';
import type { Inspection } from './engines/duckdb/inspect.ts';
import type { StagedFile } from './engines/duckdb/stage.ts';
import type { Meter } from './import-progress.ts';
import type { LoadedManifest } from './manifest.ts';
import type { FileScan } from './scan-file.ts';
import type { RecognisedFile } from './shape.ts';
import type { StoreContext } from './store-context.ts';
import type { ImportRequest } from './store-types.ts';

/** Everything that one import works with. */
export interface Work {
  readonly context: StoreContext;
  readonly request: ImportRequest;
  readonly current: readonly LoadedManifest[];
  readonly connection: Connection;
  readonly work: string;
  readonly fresh: readonly NewInput[];
  readonly meter: Meter;
}

/** A file that was not imported before; it may be read while its bytes are still scanned. */
export interface NewInput {
  readonly path: string;
  readonly bytes: number;
  /** How it stood before the first byte was read: see `FileMark`. */
  readonly stamp: string;
  readonly scan: Promise<FileScan>;
}

/** A file and what its bytes say. */
export interface ScannedInput {
  readonly path: string;
  readonly scan: FileScan;
}

/** Files that were read into typed rows: one, or many that are read together. */
export interface ReadPart {
  readonly inputs: readonly ScannedInput[];
  readonly recognised: RecognisedFile;
  readonly staged: StagedFile;
  readonly inspection: Inspection;
  readonly parquet: string;
  readonly buckets: readonly Bucket[];
}

/** Gives the part that stands for all of an import: they share one adapter. */
export function first(read: readonly ReadPart[]): ReadPart {
  const [file] = read;
  if (file === undefined) throw new TypeError('An import has at least one file');
  return file;
}
