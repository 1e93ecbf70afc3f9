import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, type Period, ulid } from '../core/index.ts';
import { type MeasureId, MEASURES, type Plan } from '../plan/index.ts';
import { type ColumnId, isCost, MEASURE_COLUMNS, TOKEN_COLUMNS } from './columns.ts';
import { openConnection } from './engines/duckdb/connection.ts';
import { sqlPath, sqlText } from './engines/duckdb/quote.ts';
import { focusSql } from './engines/duckdb/focus-sql.ts';
import { holdsFormula, withoutFormulas } from './engines/duckdb/spreadsheet-sql.ts';
import { recordsSql, type WrittenExport } from './engines/duckdb/write-sql.ts';
import type { StoreContext } from './store-context.ts';
import { loadManifest, storePaths } from './manifest.ts';
import { putNew, refuseTarget } from './new-file.ts';
import { verifyParquet, writing } from './store-files.ts';
import { contributors, type TableExport, tableExports } from './views.ts';

/** For other people's readers, which may know no later form. */
const PARQUET = '(FORMAT parquet, COMPRESSION zstd)';

/** Lists what stored usage can be written as. */
export const WRITE_FORMATS = ['focus', 'csv', 'parquet'] as const;
export type WriteFormat = (typeof WRITE_FORMATS)[number];

/** Lists who reads a written file: a spreadsheet runs some texts as formulas, a tool wants every text as it came. */
export const WRITE_READERS = ['spreadsheet', 'tool'] as const;
export type WriteReader = (typeof WRITE_READERS)[number];

/** Asks for stored rows in a file for another tool. */
export interface WriteRequest {
  readonly manifests: readonly Digest[];
  readonly plan: Plan;
  /** One export of the plan; default: all that are approved for a budget review. */
  readonly export?: string;
  readonly period?: Period;
  /** `focus`: FOCUS 1.3 as CSV; `csv` and `parquet`: the store's own columns. */
  readonly format: WriteFormat;
  /** Default: `spreadsheet`, for which a text of an outside source that it would run begins with an apostrophe in CSV. */
  readonly reader?: WriteReader;
  /** Absolute; nothing that exists is overwritten. */
  readonly path: string;
}

/** What was written. */
export interface WriteResult {
  readonly rows: number;
  /** Rows of the file whose charge nobody knows: their cost is empty, not zero. */
  readonly unknownCost: number;
  /** Rows of a CSV with a text that a spreadsheet runs as a formula, or would without the apostrophe. */
  readonly formulas: number;
}

/**
 * Writes stored rows to a new file.
 *
 * @throws {AppError} `usage` when the file exists, `file-missing` without its folder, `file-not-writable`, `disk-full`, and
 * `export-unreadable` naming a missing or changed manifest or file.
 */
export async function writeUsage(
  context: StoreContext,
  request: WriteRequest,
): Promise<WriteResult> {
  await refuseTarget(request.path);
  const exports = await exportsOf(context, request);
  const { clock, random } = context.ports;
  const work = join(context.temp, `${process.pid}-${ulid(clock.ms(), random.bytes(10))}`);
  await writing(async () => await mkdir(work, { recursive: true }));
  try {
    const connection = await openConnection({
      files: [],
      folders: [work, storePaths(context.folder).files],
      spill: join(work, 'spill'),
    });
    const temp = join(work, 'export');
    const records = recordsSql(exports, request.period);
    try {
      const rows = request.format === 'focus' ? focusOf(request.plan, exports, records) : records;
      const isGuarded = request.format !== 'parquet' && request.reader !== 'tool';
      const sql = isGuarded ? withoutFormulas(rows, request.format) : rows;
      const options = request.format === 'parquet' ? PARQUET : '(FORMAT csv, HEADER true)';
      await writing(
        async () => await connection.run(`COPY (${sql}) TO ${sqlText(temp)} ${options}`),
      );
      const result = await countWritten(connection.rows, temp, request.format);
      await putNew(temp, request.path);
      return result;
    } finally {
      await connection.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function exportsOf(context: StoreContext, request: WriteRequest): Promise<WrittenExport[]> {
  const loaded = await Promise.all(
    request.manifests.map(
      async (digest) => await loadManifest(context.folder, digest, context.ports.files),
    ),
  );
  const all = tableExports(
    request.plan,
    loaded.map(({ manifest }) => manifest),
  );
  const wanted = all.filter(({ id }) => request.export === undefined || id === request.export);
  return await Promise.all(
    wanted.flatMap((one) =>
      one.parts.map(async (of) => ({
        of,
        // The store's own rows are written as they are; only FOCUS is a bill, which tells each thing once.
        elsewhere: request.format === 'focus' ? toldElsewhere(request.plan, wanted, of) : new Set(),
        paths: await Promise.all(
          of.files.map(
            async ({ digest }) => await verifyParquet(context.folder, digest, context.seen),
          ),
        ),
      })),
    ),
  );
}

const BILLED: readonly MeasureId[] = ['requests', 'tokens', ...MEASURES.filter(isCost)];

/** Lists the columns of an export whose measure is counted from another view of the same bill, as sums are. */
function toldElsewhere(
  plan: Plan,
  exports: readonly TableExport[],
  of: Pick<TableExport, 'id'>,
): ReadonlySet<ColumnId> {
  const others = BILLED.filter(
    (measure) => !contributors(plan, exports, measure).some(({ id }) => id === of.id),
  );
  return new Set(
    others.flatMap((measure): readonly ColumnId[] =>
      measure === 'tokens' ? TOKEN_COLUMNS : MEASURE_COLUMNS[measure],
    ),
  );
}

const focusOf = (plan: Plan, exports: readonly WrittenExport[], records: string): string =>
  focusSql(records, {
    currency: plan.currency,
    chargedElsewhere: exports
      .filter(({ elsewhere }) => elsewhere.has('cost_charged'))
      .map(({ of }) => of.id),
  });

async function countWritten(
  rows: (sql: string) => Promise<readonly Readonly<Record<string, string | null>>[]>,
  path: string,
  format: WriteFormat,
): Promise<WriteResult> {
  const from =
    format === 'parquet'
      ? `read_parquet(${sqlPath(path)})`
      : `read_csv(${sqlPath(path)}, header = true, all_varchar = true)`;
  const unknown = format === 'focus' ? "x_CostStatus = 'unknown'" : 'cost_charged IS NULL';
  // No spreadsheet opens Parquet as a table of its own.
  const formulas = format === 'parquet' ? 'false' : holdsFormula(format);
  const [row] = await rows(
    `SELECT CAST(count(*) AS VARCHAR) AS n, CAST(count(*) FILTER (WHERE ${unknown}) AS VARCHAR) AS open,
       CAST(count(*) FILTER (WHERE ${formulas}) AS VARCHAR) AS formulas FROM ${from}`,
  );
  return {
    rows: Number(row?.['n']),
    unknownCost: Number(row?.['open']),
    formulas: Number(row?.['formulas']),
  };
}
