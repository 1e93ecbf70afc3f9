import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Digest, type Ports, ulid } from '../core/index.ts';
import type { Reading } from './adapters/adapter.ts';
import type { ColumnId } from './columns.ts';
import { closingOf } from './closed-through.ts';
import { ALL_COLUMNS, loadManifest, type LoadedManifest, type Manifest, manifestBytes, manifestPath, parquetPath, storePaths, tableFiles } from './manifest.ts';
import { unitPriceOf } from './conversion.ts';
import { type Bucket, listBuckets } from './engines/duckdb/buckets.ts';
import { type Connection, openConnection } from './engines/duckdb/connection.ts';
import { sumImport } from './engines/duckdb/import-sums.ts';
import { type Merged, mergeRows } from './engines/duckdb/merge.ts';
import { describeParquet, QUARANTINE_SHOWN, refuseKeys, type StagedFile, stageFile } from './engines/duckdb/stage.ts';
import { openError } from './file-error.ts';
import { importResult, writtenSum } from './import-result.ts';
import type { LimitId } from './limits.ts';
import { type FileScan, scanFile } from './scan-file.ts';
import { type RecognisedFile, recogniseFile } from './shape.ts';
import { compressInput, settleInput, settleParquet, verifyParquet, writeByDigest, writing } from './store-files.ts';
import type { ImportRequest, ImportResult } from './store-types.ts';

/** Where a store is, and what it has checked. */
export interface StoreContext {
  readonly folder: string;
  readonly temp: string;
  readonly seen: Map<string, string>;
  /** Opened on the first question, closed with the store. */
  readonly reader: { connection: Promise<Connection> | undefined };
  readonly ports: Ports;
}

/** As many inputs as one import record names. */
const INPUTS_MAX = 32;

/** Reads approved files into immutable Parquet files and one manifest: see {@link ImportRequest}. */
export async function importExport(context: StoreContext, request: ImportRequest): Promise<ImportResult> {
  const current = await loadCurrent(context, request);
  const { fresh, remaining, last } = await newInputs(request, current);
  if (fresh.length === 0 && last !== undefined) return importResult('unchanged', last, request.plan, 0);
  const work = join(context.temp, `${process.pid}-${ulid(context.ports.clock.ms(), context.ports.random.bytes(10))}`);
  await writing(async () => await mkdir(work, { recursive: true }));
  try {
    const connection = await openConnection({
      files: fresh.map(({ path }) => path),
      folders: [work, storePaths(context.folder).files],
      spill: join(work, 'spill'),
    });
    try {
      const loaded = await importFiles({ context, request, current, connection, work, fresh });
      return importResult('imported', loaded, request.plan, remaining);
    } finally {
      await connection.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Work {
  readonly context: StoreContext;
  readonly request: ImportRequest;
  readonly current: readonly LoadedManifest[];
  readonly connection: Connection;
  readonly work: string;
  readonly fresh: readonly NewInput[];
}

interface NewInput {
  readonly path: string;
  readonly scan: FileScan;
}

interface ReadFile extends NewInput {
  readonly recognised: RecognisedFile;
  readonly staged: StagedFile;
  readonly parquet: string;
  readonly buckets: readonly Bucket[];
}

async function loadCurrent({ folder, ports }: StoreContext, request: ImportRequest) {
  const loaded = await Promise.all(
    request.current.map(async (digest) => await loadManifest(folder, digest, ports.files)),
  );
  return loaded.filter(({ manifest }) => manifest.export === request.export.id);
}

/** Leaves out what was imported before, by digest: a second import of the same bytes changes nothing. */
async function newInputs(request: ImportRequest, current: readonly LoadedManifest[]) {
  const known = new Map<Digest, LoadedManifest>();
  for (const loaded of current) {
    for (const { digest } of loaded.manifest.inputs) known.set(digest, loaded);
  }
  const found = new Map<Digest, NewInput>();
  let last: LoadedManifest | undefined;
  for (const path of [...request.files].toSorted()) {
    const scan = await scanInput(path);
    const before = known.get(scan.digest);
    if (before !== undefined) last = before;
    else if (!found.has(scan.digest)) found.set(scan.digest, { path, scan });
  }
  const all = [...found.values()];
  return { fresh: all.slice(0, INPUTS_MAX), remaining: Math.max(0, all.length - INPUTS_MAX), last };
}

async function scanInput(path: string): Promise<FileScan> {
  try {
    return await scanFile(path);
  } catch (error) {
    throw openError(error, basename(path));
  }
}

async function importFiles(work: Work): Promise<LoadedManifest> {
  const { context, request } = work;
  const keeps = request.export.keep === 'inputs';
  // Compression has its own thread, so it runs while the engine reads.
  const kept = keeps ? keepInputs(work) : Promise.resolve([]);
  const [read, inputs] = await settled([readAll(work), kept]);
  const { reading } = first(read).recognised;
  const merged = await merge(work, read);
  const columns = columnsOf(read);
  const constants = constantsOf(request, read);
  const sums = await sumImport(work.connection, merged.fresh, columns, constants);
  const closing = closingOf({
    sums,
    buckets: read.flatMap(({ buckets }) => buckets),
    completeness: reading.completeness,
    now: context.ports.clock.now(),
    lag: request.export.lag,
    zone: request.plan.timezone,
  });
  const added = await settleFiles(work, merged, sums.filled);
  const manifest: Manifest = {
    version: 1,
    export: request.export.id,
    adapter: request.export.adapter,
    adapterVersion: first(read).recognised.adapter.version,
    inputs: read.map(({ path, scan }) => ({ digest: scan.digest, bytes: scan.bytes, name: basename(path) })),
    constants,
    ...added,
    ...closing,
    counts: {
      accepted: sums.accepted,
      quarantined: read.reduce((sum, { staged }) => sum + staged.quarantined, 0),
      duplicate: merged.duplicate,
      superseded: merged.superseded,
      skipped: read.reduce((sum, { staged }) => sum + staged.skipped, 0),
    },
    sums: {
      requests: writtenSum(sums.requests),
      tokens: writtenSum(sums.tokens),
      cost: sums.cost.map(({ basis, currency, sum }) => ({ basis, currency, sum: writtenSum(sum) })),
    },
    content: sums.content,
    quarantined: read
      .flatMap(({ path, staged }) =>
        staged.quarantinedRows.map(({ line, reason }) => ({ file: basename(path), line, reason })),
      )
      .slice(0, QUARANTINE_SHOWN),
    droppedColumns: [...new Set(read.flatMap(({ recognised }) => recognised.reading.dropped))],
    cannotTell: limitsOf(request, read),
  };
  for (const { temp, digest } of inputs) await settleInput(context.folder, temp, digest);
  return await settleManifest(work, manifest);
}

/** Waits for all, so that nothing still writes when the folder is removed, and then throws the first error. */
async function settled<A, B>(steps: readonly [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(steps);
  return await Promise.all(steps);
}

async function readAll({ connection, request, work, fresh }: Work): Promise<ReadFile[]> {
  const read: ReadFile[] = [];
  for (const [index, { path, scan }] of fresh.entries()) {
    const recognised = await recogniseFile(connection, path, {
      adapter: request.export.adapter,
      ...(request.export.table && { mapping: request.export.table }),
    });
    const { reading, adapter, name } = recognised;
    const parquet = join(work, `stage-${String(index).padStart(3, '0')}.parquet`);
    const stage = {
      path,
      name,
      reading,
      zone: request.export.zone ?? adapter.facts.defaultZone,
      unitPrice: unitPriceOf(request.conversion),
      target: { parquet },
    };
    if (scan.hasKeyMark) await refuseKeys(connection, stage);
    const staged = await stageFile(connection, stage);
    const buckets = (await listBuckets(connection, path, reading)) ?? [];
    read.push({ path, scan, recognised, staged, parquet, buckets });
  }
  return read;
}

function first(read: readonly ReadFile[]): ReadFile {
  const [file] = read;
  if (file === undefined) throw new TypeError('An import has at least one file');
  return file;
}

const columnsOf = (read: readonly ReadFile[]) =>
  ALL_COLUMNS.filter((column) => read.some(({ staged }) => staged.columns.includes(column)));

async function merge({ context, connection, current, work }: Work, read: readonly ReadFile[]): Promise<Merged> {
  const files = tableFiles(current.map(({ manifest }) => manifest));
  const paths = await Promise.all(
    files.map(async (file) => ({
      path: await verifyParquet(context.folder, file.digest, context.seen),
      columns: file.columns,
    })),
  );
  let count = 0;
  return await writing(
    async () =>
      await mergeRows(connection, {
        reading: first(read).recognised.reading,
        staged: read.map(({ parquet }) => parquet),
        stagedColumns: columnsOf(read),
        current: paths,
        newPath: () => join(work, `merged-${(count += 1)}.parquet`),
      }),
  );
}

function constantsOf({ export: of, plan, conversion }: ImportRequest, read: readonly ReadFile[]): Manifest['constants'] {
  const { adapter, reading } = first(read).recognised;
  const [only] = plan.providers;
  return {
    provider: of.provider ?? (plan.providers.length === 1 ? (only?.id ?? null) : null),
    environment: of.environment,
    zone: of.zone ?? adapter.facts.defaultZone,
    currency: currencyOf(reading, conversion?.per.currency),
    counts: reading.counts,
    aggregated: reading.aggregated,
    restatement: reading.restatement,
    key: reading.key === 'none' ? [] : reading.key,
  };
}

function currencyOf(reading: Reading, converted: string | undefined): string | null {
  if (reading.currency === 'conversion') return converted ?? null;
  return reading.currency === 'column' || reading.currency === 'none' ? null : reading.currency;
}

function limitsOf({ conversion, export: of }: ImportRequest, read: readonly ReadFile[]): LimitId[] {
  const readings = read.map(({ recognised }) => recognised.reading);
  const unconverted =
    conversion === undefined && readings.some(({ costs }) => costs.some(({ unit }) => unit === 'units'));
  const zoned = of.zone !== undefined && of.zone !== 'unknown';
  const limits = readings
    .flatMap(({ cannotTell }) => cannotTell)
    .filter((limit) => !(zoned && limit === 'zone-undocumented'));
  return [...new Set([...limits, ...(unconverted ? (['quota-unconverted'] as const) : [])])];
}

/** Gives every new file the name of its digest. Until a manifest names them they belong to no table. */
async function settleFiles(
  { context, connection, current }: Work,
  merged: Merged,
  filled: readonly ColumnId[],
): Promise<Pick<Manifest, 'added' | 'removed'>> {
  const added: Manifest['added'][number][] = [];
  const add = async (path: string, known: readonly ColumnId[]) => {
    const { rows, columns } = await describeParquet(connection, path);
    if (rows === 0) return;
    const digest = await settleParquet(context.folder, path);
    added.push({ digest, rows, columns, filled: columns.filter((column) => known.includes(column)) });
  };
  for (const path of merged.fresh) await add(path, filled);
  const removed: Digest[] = [];
  const files = tableFiles(current.map(({ manifest }) => manifest));
  for (const { old, path } of merged.replaced) {
    const file = files.find(({ digest }) => parquetPath(context.folder, digest) === old);
    if (file === undefined) throw new TypeError('A replaced file belongs to the table');
    removed.push(file.digest);
    if (path !== undefined) await add(path, file.filled);
  }
  return { added, removed };
}

interface KeptInput {
  readonly temp: string;
  readonly digest: Digest;
}

async function keepInputs({ work, fresh }: Work): Promise<KeptInput[]> {
  const kept: KeptInput[] = [];
  for (const [index, { path, scan }] of fresh.entries()) {
    const temp = join(work, `input-${index}.gz`);
    await compressInput(path, temp);
    kept.push({ temp, digest: scan.digest });
  }
  return kept;
}

/** Writes the manifest last: it is what makes the files an import. */
async function settleManifest({ context, work }: Work, manifest: Manifest): Promise<LoadedManifest> {
  const { folder, ports } = context;
  const { bytes, digest } = manifestBytes(manifest);
  const paths = storePaths(folder);
  await writing(async () => {
    await ports.files.syncFolder(paths.files);
    await ports.files.syncFolder(paths.inputs);
  });
  await writeByDigest(ports.files, manifestPath(folder, digest), bytes, join(work, 'manifest.json'));
  await ports.files.syncFolder(paths.manifests);
  ports.log.info('usage.imported', {
    export: manifest.export,
    accepted: manifest.counts.accepted,
    quarantined: manifest.counts.quarantined,
    duplicate: manifest.counts.duplicate,
    superseded: manifest.counts.superseded,
  });
  return { digest, manifest };
}
