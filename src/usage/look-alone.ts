import { unitRateOf } from './conversion.ts';
import { listBuckets } from './engines/duckdb/buckets.ts';
import { collapseRows } from './engines/duckdb/collapse.ts';
import type { Connection } from './engines/duckdb/connection.ts';
import { inspectFile } from './engines/duckdb/inspect.ts';
import { sumFiles } from './engines/duckdb/look-sums.ts';
import { refuseKeys, stageFile, type StageRequest } from './engines/duckdb/stage.ts';
import { lookResult } from './look-one-file.ts';
import type { LookOptions } from './look-options.ts';
import type { LookResult } from './look-result.ts';
import { nothingReadable } from './nothing-readable.ts';
import { scanFile } from './scan-file.ts';
import { type RecognisedFile, refuseBytes } from './shape.ts';

/**
 * Looks at one file by itself.
 *
 * @throws {AppError} `export-unreadable`, `leak-blocked`.
 */
export async function lookAlone(
  connection: Connection,
  recognised: RecognisedFile,
  table: string,
  options: LookOptions,
): Promise<LookResult> {
  const { adapter, reading, name, path } = recognised;
  const zone = options.zone ?? adapter.facts.defaultZone;
  const request: StageRequest = {
    path,
    name,
    reading,
    zone,
    unitRate: unitRateOf(options.conversion),
    target: { table },
  };
  const scan = await scanFile(path);
  refuseBytes(recognised, scan);
  if (scan.hasKeyShape) await refuseKeys(connection, request);
  const staged = await stageFile(connection, request);
  const inspection = await inspectFile(connection, request, staged);
  const { columns } = staged;
  const duplicates = await collapseRows(connection, { table, reading, columns });
  const found = await sumFiles(
    connection,
    {
      table,
      columns,
      reading,
      zone,
      conversion: options.conversion,
      buckets: await listBuckets(connection, path, reading),
    },
    [''],
  );
  const sums = found.get('');
  if (sums === undefined) throw new TypeError('The sums of one file are there');
  const isNothing = sums.rows === 0 && staged.quarantined > 0;
  if (isNothing && recognised.isBegun !== true) throw nothingReadable([{ recognised, staged }]);
  const duplicate = duplicates.get('') ?? 0;
  return lookResult(recognised, { ...staged, ...inspection, duplicate, zone, sums });
}
