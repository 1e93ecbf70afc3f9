import { join } from 'node:path';
import { AppError } from '../core/index.ts';
import { unitPriceOf } from './conversion.ts';
import { listBuckets } from './engines/duckdb/buckets.ts';
import { inspectFile } from './engines/duckdb/inspect.ts';
import { type Merged, mergeRows } from './engines/duckdb/merge.ts';
import { refuseKeys, stageFile } from './engines/duckdb/stage.ts';
import { first, type ReadFile, type Work } from './import-work.ts';
import { ALL_COLUMNS, tableFiles } from './manifest.ts';
import { type RecognisedFile, recogniseFile, refuseOpenQuote } from './shape.ts';
import { verifyParquet, writing } from './store-files.ts';

/** Reads every new file into typed rows of its own Parquet file in the working folder. */
export async function readAll({ connection, request, work, fresh }: Work): Promise<ReadFile[]> {
  const read: ReadFile[] = [];
  for (const [index, { path, scan }] of fresh.entries()) {
    const recognised = await recogniseFile(connection, path, {
      adapter: request.export.adapter,
      ...(request.export.table && { mapping: request.export.table }),
    });
    refuseOpenQuote(recognised, scan);
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
    if (scan.hasKeyShape) await refuseKeys(connection, stage);
    const staged = await stageFile(connection, stage);
    const inspection = await inspectFile(connection, stage, staged);
    const buckets = (await listBuckets(connection, path, reading)) ?? [];
    read.push({ path, scan, recognised, staged, inspection, parquet, buckets });
    refuseOtherKind(first(read), recognised);
  }
  return read;
}

/** Usage and cost pages of one provider have one adapter and two kinds of row: each is an export of its own. */
function refuseOtherKind({ recognised: one }: ReadFile, other: RecognisedFile): void {
  const kindOf = ({ reading }: RecognisedFile) =>
    JSON.stringify([reading.key, reading.restatement, reading.costs.map(({ basis }) => basis)]);
  if (kindOf(one) === kindOf(other)) return;
  throw new AppError('header-mismatch', {
    message: `${other.name} holds rows of another kind than ${one.name}: they are two exports`,
    hint: 'Give each kind its own entry under `exports`, and pair them under `reconcile`.',
    file: other.name,
  });
}

/** Lists the columns that any of the files has. */
export const columnsOf = (read: readonly ReadFile[]) =>
  ALL_COLUMNS.filter((column) => read.some(({ staged }) => staged.columns.includes(column)));

/** Settles the rows that were read against the table. */
export async function mergeRead(
  { context, connection, current, work }: Work,
  read: readonly ReadFile[],
): Promise<Merged> {
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
