import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError, type Ports } from '../core/index.ts';
import { unitPriceOf } from './conversion.ts';
import { collapseRows } from './engines/duckdb/collapse.ts';
import { type Connection, openConnection } from './engines/duckdb/connection.ts';
import { inspectFile } from './engines/duckdb/inspect.ts';
import { listBuckets } from './engines/duckdb/buckets.ts';
import { sumFiles } from './engines/duckdb/look-sums.ts';
import {
  refuseKeys,
  type StagedFile,
  stageFile,
  type StageRequest,
} from './engines/duckdb/stage.ts';
import { lookResult } from './look-one-file.ts';
import type { LookOptions } from './look-options.ts';
import type { LookResult } from './look-result.ts';
import { lookTogether } from './look-together.ts';
import { scanFile } from './scan-file.ts';
import { type RecognisedFile, recogniseFile, refuseOpenQuote } from './shape.ts';

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
      const { recognised, refused } = await recogniseAll(connection, paths, options);
      const together = await lookTogether(connection, recognised, options);
      const results: LookResult[] = [];
      for (const [index, file] of recognised.entries()) {
        ports.log.progress(`Reading ${files[index] ?? file.path}`);
        results.push(
          together.get(file.path) ?? (await lookAt(connection, file, `look_${index}`, options)),
        );
      }
      // What is wrong with a file is said after what is wrong with those before it.
      if (refused !== undefined) throw refused;
      return results;
    } finally {
      await connection.close();
    }
  } finally {
    await rm(spill, { recursive: true, force: true });
  }
}

/** Recognises files up to the first that is not known. */
async function recogniseAll(
  connection: Connection,
  paths: readonly string[],
  options: LookOptions,
): Promise<{ readonly recognised: readonly RecognisedFile[]; readonly refused: unknown }> {
  const recognised: RecognisedFile[] = [];
  for (const path of paths) {
    try {
      recognised.push(await recogniseFile(connection, path, options));
    } catch (error) {
      return { recognised, refused: error };
    }
  }
  return { recognised, refused: undefined };
}

async function lookAt(
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
    unitPrice: unitPriceOf(options.conversion),
    target: { table },
  };
  const scan = await scanFile(path);
  refuseOpenQuote(recognised, scan);
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
  if (sums.rows === 0 && staged.quarantined > 0) throw nothingReadable(recognised, staged);
  const duplicate = duplicates.get('') ?? 0;
  return lookResult(recognised, { ...staged, ...inspection, duplicate, zone, sums });
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
