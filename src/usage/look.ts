import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError, type Ports } from '../core/index.ts';
import type { TableMapping } from '../plan/index.ts';
import { type Conversion, unitPriceOf } from './conversion.ts';
import { collapseRows } from './engines/duckdb/collapse.ts';
import { type Connection, openConnection } from './engines/duckdb/connection.ts';
import { inspectFile } from './engines/duckdb/inspect.ts';
import { sumFile } from './engines/duckdb/look-sums.ts';
import {
  refuseKeys,
  type StagedFile,
  stageFile,
  type StageRequest,
} from './engines/duckdb/stage.ts';
import type { LookResult } from './look-result.ts';
import { scanFile } from './scan-file.ts';
import { type RecognisedFile, recogniseFile, refuseOpenQuote } from './shape.ts';

/** What a person may tell about the files, beyond the files themselves. */
export interface LookOptions {
  /** Default: whichever adapter recognises the file. */
  readonly adapter?: string;
  readonly mapping?: TableMapping;
  /** IANA zone of times without an offset and of date buckets; default: what the adapter documents. */
  readonly zone?: string;
  readonly conversion?: Conversion;
}

/**
 * Says what usage exports hold: totals by day and by model or key, unit costs, missing days, and what cannot be told.
 *
 * Needs no plan and no key, records nothing and leaves no file.
 *
 * @throws {AppError} `file-missing`, `export-unknown`, `header-mismatch`, `export-unreadable`, `leak-blocked`.
 */
export async function look(
  files: readonly string[],
  options: LookOptions,
  ports: Pick<Ports, 'log'>,
): Promise<readonly LookResult[]> {
  const spill = await mkdtemp(join(await realpath(tmpdir()), 'spendproof-look-'));
  try {
    const paths = files.map((file) => resolve(file));
    const connection = await openConnection({ files: paths, folders: [], spill });
    try {
      const results: LookResult[] = [];
      for (const [index, path] of paths.entries()) {
        ports.log.progress(`Reading ${files[index] ?? path}`);
        results.push(await lookAt(connection, path, `look_${index}`, options));
      }
      return results;
    } finally {
      await connection.close();
    }
  } finally {
    await rm(spill, { recursive: true, force: true });
  }
}

async function lookAt(
  connection: Connection,
  path: string,
  table: string,
  options: LookOptions,
): Promise<LookResult> {
  const recognised = await recogniseFile(connection, path, options);
  const { adapter, reading, name } = recognised;
  const zone = options.zone ?? adapter.facts.defaultZone;
  const request: StageRequest = {
    path,
    name,
    reading,
    zone,
    unitPrice: unitPriceOf(options.conversion),
    target: { table },
  };
  const scan = await scanFile(path);
  refuseOpenQuote(recognised, scan);
  if (scan.hasKeyShape) await refuseKeys(connection, request);
  const staged = await stageFile(connection, request);
  const inspection = await inspectFile(connection, request, staged);
  const duplicate = await collapseRows(connection, table, reading, staged.columns);
  const sums = await sumFile(connection, {
    table,
    staged,
    recognised,
    zone,
    conversion: options.conversion,
  });
  if (sums.rows === 0 && staged.quarantined > 0) throw nothingReadable(recognised, staged);
  return {
    file: name,
    adapter: adapter.id,
    adapterVersion: adapter.version,
    recognisedBy: adapter.expects,
    quarantined: staged.quarantined,
    quarantinedRows: staged.quarantinedRows,
    duplicate,
    ...inspection,
    skipped: staged.skipped,
    zone,
    grain: adapter.facts.grain,
    droppedColumns: reading.dropped,
    ...sums,
  };
}

function nothingReadable({ name, reading }: RecognisedFile, staged: StagedFile): AppError {
  const [first] = staged.quarantinedRows;
  const { line = 1, reason = 'bad-row' } = first ?? {};
  const field = Object.entries(reading.fields).find(
    ([column]) => `bad-${column.replaceAll('_', '-')}` === reason,
  )?.[1];
  const isTime = field?.kind === 'instant' || field?.kind === 'date';
  const where = field === undefined ? '' : `, in ${JSON.stringify(field.from)}`;
  return new AppError('export-unreadable', {
    message: `${name}: none of its ${staged.quarantined} rows could be read; the first says ${reason}${where}`,
    hint: isTime
      ? 'Expected times as the source writes them; a spreadsheet may have rewritten them. Export the file again and do not save it from a spreadsheet.'
      : 'Check the units and formats of its columns.',
    file: name,
    line,
  });
}
