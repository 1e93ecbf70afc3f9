import { basename, join } from 'node:path';
import { AppError } from '../core/index.ts';
import { adapterById } from './adapters/registry.ts';
import { unitRateOf } from './conversion.ts';
import { BlankPage } from './file-error.ts';
import { listBuckets } from './engines/duckdb/buckets.ts';
import { inspectFile } from './engines/duckdb/inspect.ts';
import { mergeRows } from './engines/duckdb/merge.ts';
import type { Merged } from './engines/duckdb/merged.ts';
import { refuseKeys, stageFile } from './engines/duckdb/stage.ts';
import { untoldDays } from './engines/duckdb/untold-rows.ts';
import { readTogether } from './import-together.ts';
import { first, type NewInput, type ReadPart, type Work } from './import-work.ts';
import { ALL_COLUMNS, tableFiles } from './manifest.ts';
import { type RecognisedFile, recogniseFile, refuseBytes } from './shape.ts';
import { verifyParquet, writing } from './store-files.ts';

/** Reads new files into typed rows of Parquet files in the working folder. */
export async function readAll(work: Work): Promise<readonly ReadPart[]> {
  if (adapterById(work.request.export.adapter)?.readsTogether === true)
    return await readTogether(work, async (input, { part, recognised }) => {
      const own = { ...recognised, path: input.path, name: basename(input.path) };
      return await readFile(work, input, { part, recognised: own });
    });
  const read: ReadPart[] = [];
  const later: (readonly [part: number, input: NewInput, own: RecognisedFile | BlankPage])[] = [];
  const add = async (part: number, input: NewInput, recognised: RecognisedFile) => {
    work.meter.begin(input.bytes);
    read.push(await readFile(work, input, { part, recognised }));
    work.meter.finish();
  };
  for (const [part, input] of work.fresh.entries()) {
    const own = await recogniseInput(work, input);
    if (own instanceof BlankPage || hasEmptyBuckets(own)) {
      later.push([part, input, own]);
      continue;
    }
    await add(part, input, own);
    refuseOtherKind(first(read).recognised, read.at(-1)?.recognised ?? first(read).recognised);
  }
  for (const [part, input, own] of later)
    await add(part, input, asOther(input, own, read[0]?.recognised));
  return read;
}

/** Usage and cost pages have the same buckets: where all are empty nothing says which of the two a page is. */
const hasEmptyBuckets = ({ reading, shape }: RecognisedFile): boolean =>
  reading.source.kind === 'json-buckets' &&
  shape.kind === 'json' &&
  (shape.keys['results'] ?? []).length === 0;

/** Reads a page without rows as another file of its export; its empty buckets are its own. */
function asOther(
  { path }: NewInput,
  own: RecognisedFile | BlankPage,
  other: RecognisedFile | undefined,
): RecognisedFile {
  if (!(own instanceof BlankPage)) {
    if (other === undefined) return own;
    const { source, hasMore } = own.reading;
    return { ...own, reading: { ...other.reading, source, hasMore } };
  }
  if (other === undefined) throw own;
  const reading = { ...other.reading, hasMore: false };
  return { ...other, path, name: basename(path), reading };
}

/** @returns the error of a page without rows, which does not say what it is. */
async function recogniseInput({ connection, request }: Work, { path }: NewInput) {
  try {
    return await recogniseFile(connection, path, {
      adapter: request.export.adapter,
      ...(request.export.table && { mapping: request.export.table }),
    });
  } catch (error) {
    if (error instanceof BlankPage) return error;
    throw error;
  }
}

async function readFile(
  { connection, request, work }: Work,
  { path, bytes, scan }: NewInput,
  { part, recognised }: { readonly part: number; readonly recognised: RecognisedFile },
): Promise<ReadPart> {
  const { reading, adapter, name } = recognised;
  const parquet = join(work, `stage-${String(part).padStart(3, '0')}.parquet`);
  const stage = {
    path,
    name,
    bytes,
    reading,
    zone: request.export.zone ?? adapter.facts.defaultZone,
    unitRate: unitRateOf(request.conversion),
    target: { parquet },
  };
  // The engine reads while the bytes are scanned; what the bytes refuse is said before what the rows say.
  const [scanned, read] = await Promise.allSettled([scan, stageFile(connection, stage)]);
  if (scanned.status === 'rejected') throw scanned.reason;
  refuseBytes(recognised, scanned.value);
  if (scanned.value.hasKeyShape) await refuseKeys(connection, stage);
  if (read.status === 'rejected') throw read.reason;
  const staged = read.value;
  const inspection = await inspectFile(connection, stage, staged);
  const buckets = (await listBuckets(connection, path, reading)) ?? [];
  const inputs = [{ path, scan: scanned.value }];
  return { inputs, recognised, staged, inspection, parquet, buckets };
}

/** Usage and cost pages of one provider have one adapter and two kinds of row: each is an export of its own. */
function refuseOtherKind(one: RecognisedFile, other: RecognisedFile): void {
  const kindOf = ({ reading }: RecognisedFile) =>
    JSON.stringify([
      reading.key,
      reading.restatement,
      // A later header may tell more costs than an earlier one; a table of money and one without are two.
      reading.costs.length > 0,
    ]);
  if (kindOf(one) === kindOf(other)) return;
  throw new AppError('header-mismatch', {
    message: `${other.name} holds rows of another kind than ${one.name}: they are two exports`,
    hint: 'Give each kind its own entry under `exports`, and pair them under `reconcile`.',
    file: other.name,
  });
}

/** Lists the columns that any of the files has. */
export const columnsOf = (read: readonly ReadPart[]) =>
  ALL_COLUMNS.filter((column) => read.some(({ staged }) => staged.columns.includes(column)));

/** Settles the rows that were read against the table. */
export async function mergeRead(
  { context, connection, request, current, work }: Work,
  read: readonly ReadPart[],
): Promise<Merged> {
  const files = tableFiles(current.map(({ manifest }) => manifest));
  const paths = await Promise.all(
    files.map(async (file) => ({
      path: await verifyParquet(context.folder, file.digest, context.seen),
      columns: file.columns,
    })),
  );
  const { adapter, reading } = first(read).recognised;
  let count = 0;
  const merged = await writing(
    async () =>
      await mergeRows(connection, {
        reading,
        zone: request.export.zone ?? adapter.facts.defaultZone,
        staged: read.map(({ parquet }) => parquet),
        areDrafts: adapter.readsTogether === true,
        stagedColumns: columnsOf(read),
        current: paths,
        newPath: () => join(work, `merged-${(count += 1)}.parquet`),
      }),
  );
  const untold = paths.length === 0 ? [] : await untoldDays(connection, reading);
  return untold.length === 0 ? merged : { ...merged, shrunk: untold };
}
