import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type Digest, ulid } from '../core/index.ts';
import type { ColumnId } from './columns.ts';
import { openConnection } from './engines/duckdb/connection.ts';
import { sumImport } from './engines/duckdb/import-sums.ts';
import { sqlName, sqlText } from './engines/duckdb/quote.ts';
import { describeParquet, PARQUET, parquetList } from './engines/duckdb/stage.ts';
import { writeManifest } from './write-manifest.ts';
import type { StoreContext } from './store-context.ts';
import {
  ALL_COLUMNS,
  loadManifest,
  type LoadedManifest,
  type Manifest,
  storePaths,
  type TableFile,
  tableFiles,
} from './manifest.ts';
import { settleApart } from './settle-apart.ts';
import { makeFolders, verifyParquet, writing } from './store-files.ts';

/** Asks for one export's files to be written anew as few. */
export interface CompactRequest {
  readonly export: string;
  /** The table: digests of the manifests that the ledger's import records name, oldest first. */
  readonly manifests: readonly Digest[];
  /** `small`: files that hold a share of what one may hold stay as they are. Default: all. */
  readonly which?: 'all' | 'small';
  /** With fewer files nothing is done; default: 2. */
  readonly filesMin?: number;
}

/** What a compaction did. */
export interface CompactResult {
  readonly loaded: LoadedManifest;
  /** Files that are no longer of the table; they stay on the disk, so that old states stay readable. */
  readonly before: number;
  readonly after: number;
  readonly rows: number;
}

/** As many rows as one new file holds at most. */
const ROWS_MAX = 20_000_000;
/** A file with as many is not written anew for a small one's sake. Records rest on this number: it never changes. */
const SMALL_ROWS = 1_000_000;

/**
 * Writes the rows of many files as few and names the old files in `removed`, as a manifest like an import's that read nothing.
 *
 * Rows, known counts and exact sums of each day must be the same before and after, or nothing is settled. Only files whose
 * constants are the newest manifest's are written anew: what is constant stands in no file.
 *
 * @returns `undefined` where there are no two files to put together.
 * @throws {AppError} `export-unreadable`, `disk-full`, `file-not-writable`.
 */
export async function compactExport(
  context: StoreContext,
  request: CompactRequest,
): Promise<CompactResult | undefined> {
  const { folder, temp, ports } = context;
  const all = await Promise.all(
    request.manifests.map(async (digest) => await loadManifest(folder, digest, ports.files)),
  );
  const manifests = all
    .map(({ manifest }) => manifest)
    .filter((manifest) => manifest.export === request.export);
  const newest = manifests.at(-1);
  if (newest === undefined) return undefined;
  const said = JSON.stringify(newest.constants);
  const files = tableFiles(manifests);
  // Dates and instants do not stand in one file: rows of the other form would count on no day.
  const isDated = files.at(-1)?.filled.includes('start_date') === true;
  const old = files.filter(
    ({ constants, rows, filled }) =>
      JSON.stringify(constants) === said &&
      filled.includes('start_date') === isDated &&
      (request.which !== 'small' || rows < SMALL_ROWS),
  );
  if (old.length < (request.filesMin ?? 2)) return undefined;
  const batches = batchesOf(old);
  if (batches.length === 0) return undefined;
  await makeFolders(folder, temp);
  const work = join(temp, `${process.pid}-${ulid(ports.clock.ms(), ports.random.bytes(10))}`);
  await writing(async () => await mkdir(work, { recursive: true }));
  try {
    return await rewrite(context, { newest, batches, work, through: manifests });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Puts files together while they fit into a new one; a file that would stand alone stays as it is. */
function batchesOf(files: readonly TableFile[]): readonly (readonly TableFile[])[] {
  const batches: TableFile[][] = [];
  let room = 0;
  for (const file of files) {
    const batch = batches.at(-1);
    if (batch === undefined || file.rows > room) {
      batches.push([file]);
      room = ROWS_MAX - file.rows;
    } else {
      batch.push(file);
      room -= file.rows;
    }
  }
  return batches.filter((batch) => batch.length > 1);
}

interface Rewrite {
  readonly newest: Manifest;
  readonly batches: readonly (readonly TableFile[])[];
  readonly work: string;
  readonly through: readonly Manifest[];
}

async function rewrite(
  context: StoreContext,
  { newest, batches, work, through }: Rewrite,
): Promise<CompactResult> {
  const { folder, seen, ports } = context;
  const connection = await openConnection({
    files: [],
    folders: [work, storePaths(folder).files],
    spill: join(work, 'spill'),
  });
  try {
    const made: string[] = [];
    const old: string[] = [];
    for (const [index, batch] of batches.entries()) {
      ports.log.progress(`usage compact: ${index + 1} of ${batches.length}`);
      const paths: string[] = [];
      for (const { digest } of batch) paths.push(await verifyParquet(folder, digest, seen));
      const columns = columnsOf(batch).map(sqlName).join(', ');
      const path = join(work, `compact-${index}.parquet`);
      await connection.run(
        `COPY (SELECT ${columns} FROM ${parquetList(paths)}) TO ${sqlText(path)} ${PARQUET}`,
      );
      old.push(...paths);
      made.push(path);
    }
    const columns = columnsOf(batches.flat());
    const before = await sumImport(connection, old, columns, newest.constants);
    const after = await sumImport(connection, made, columns, newest.constants);
    if (before.content !== after.content) throw changed();
    const added: Manifest['added'][number][] = [];
    const taken = new Set(tableFiles(through).map(({ digest }) => digest));
    for (const path of made) {
      const { rows, columns: own } = await describeParquet(connection, path);
      const filled = own.filter((column) => after.filled.includes(column));
      const digest = await settleApart(connection, { folder, path, taken });
      added.push({ digest, rows, columns: own, filled });
    }
    const removed = batches.flat().map(({ digest }) => digest);
    const { content } = after;
    const manifest = manifestOf(newest, { added, removed, content });
    const loaded = await writeManifest(context, work, { ...manifest, ...reachOf(through) });
    const rows = added.reduce((sum, one) => sum + one.rows, 0);
    return { loaded, before: removed.length, after: added.length, rows };
  } finally {
    await connection.close();
  }
}

const columnsOf = (files: readonly TableFile[]): readonly ColumnId[] =>
  ALL_COLUMNS.filter((column) => files.some(({ columns }) => columns.includes(column)));

/** What was delivered is what the newest import says. */
const reachOf = (through: readonly Manifest[]): Pick<Manifest, 'completeThrough'> => ({
  completeThrough: through.at(-1)?.completeThrough ?? null,
});

const changed = (): AppError =>
  new AppError('internal', { message: 'Rewriting usage files changed what they add up to' });

const NOTHING = { value: null, knownRows: 0, totalRows: 0 } as const;

/** Nothing was read, so that imports add up to what was imported. */
function manifestOf(
  { version, adapter, adapterVersion, constants, export: id }: Manifest,
  made: Pick<Manifest, 'added' | 'removed' | 'content'>,
): Manifest {
  return {
    version,
    export: id,
    adapter,
    adapterVersion,
    inputs: [],
    constants,
    ...made,
    empty: [],
    start: null,
    end: null,
    completeThrough: null,
    counts: { accepted: 0, quarantined: 0, duplicate: 0, superseded: 0, skipped: 0 },
    sums: { requests: NOTHING, tokens: NOTHING, cost: [] },
    quarantined: [],
    droppedColumns: [],
    cannotTell: [],
  };
}
