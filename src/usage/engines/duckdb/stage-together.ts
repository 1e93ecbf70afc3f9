import { AppError } from '../../../core/index.ts';
import type { Reading } from '../../adapters/adapter.ts';
import { type ColumnId, COLUMN_TYPES } from '../../columns.ts';
import { type Connection, engineError } from './connection.ts';
import { countRows } from './count-rows.ts';
import { NOT_ADMITTED } from './field-sql.ts';
import { sqlName, sqlText } from './quote.ts';
import { rowTogetherSql } from './row-sql.ts';
import { DRAFT, keyTest, stagedSql } from './stage.ts';

/** Many files of one export that are read alike. */
export interface TogetherRequest {
  readonly paths: readonly string[];
  readonly reading: Reading;
  readonly zone: string;
  readonly unitRate: string | undefined;
  /** A draft (see `MergeRequest`), or a table of the connection whose column `filename` names the path of each row's file. */
  readonly target: { readonly parquet: string } | { readonly table: string };
}

/** Rows of many files, all of them admitted. */
export interface StagedTogether {
  readonly columns: readonly ColumnId[];
  readonly rows: number;
}

/**
 * Reads many files into typed rows at once.
 *
 * @returns `undefined` when something in one of them is not admitted; nobody can tell in which one, so that they are to be
 * read in smaller groups.
 * @throws {AppError} `disk-full`, `file-not-writable`, and `internal` for what no file can cause: a mistake of ours.
 */
export async function stageTogether(
  connection: Connection,
  { paths, reading, zone, unitRate, target }: TogetherRequest,
): Promise<StagedTogether | undefined> {
  const isPassing = 'table' in target;
  const context = { pass: 'together', zone, unitRate, isPassing } as const;
  const { sql, columns } = rowTogetherSql(paths, reading, context);
  try {
    await connection.run(
      'table' in target
        ? `CREATE OR REPLACE TEMP TABLE ${sqlName(target.table)} AS ${sql}`
        : `COPY (${sql}) TO ${sqlText(target.parquet)} ${DRAFT}`,
    );
  } catch (error) {
    if (isForLines(error)) return undefined;
    throw engineError(
      error,
      new AppError('internal', {
        message: 'Files of one export could not be read together',
        cause: error,
      }),
    );
  }
  return { columns, rows: await countRows(connection, stagedSql(target)) };
}

/**
 * What a line may do to the reader, or a file that is gone or breaks while it is read: smaller groups, and at last the pass by
 * lines, find which one it is.
 */
const isForLines = (error: unknown): boolean =>
  error instanceof Error &&
  new RegExp(
    `${NOT_ADMITTED}|Invalid Input Error|Conversion Error|Out of Range Error|Out of Memory|Overflow|No files found|Could not read`,
  ).test(error.message);

/** Tells whether a text of the rows that would be kept has the shape of an API key. */
export async function holdsKey(
  connection: Connection,
  parquet: string,
  columns: readonly ColumnId[],
): Promise<boolean> {
  const tests = columns
    .filter((column) => COLUMN_TYPES[column] === 'VARCHAR')
    .map((column) => keyTest(sqlName(column)));
  const from = stagedSql({ parquet });
  return (await countRows(connection, `${from} WHERE ${['false', ...tests].join(' OR ')}`)) !== 0;
}
