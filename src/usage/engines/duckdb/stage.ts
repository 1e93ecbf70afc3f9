import { AppError } from '../../../core/index.ts';
import type { Reading } from '../../adapters/adapter.ts';
import { type ColumnId, isColumn } from '../../columns.ts';
import { oddReason, OUTSIDE, outsideSql } from './band-sql.ts';
import { badRows, namedRows, QUARANTINE_SHOWN, type QuarantinedRow } from './by-line.ts';
import { KEY_LENGTH_MIN, KEY_SHAPE } from '../../key-shape.ts';
import { mixedEnds } from '../../line-ends.ts';
import { type Connection, engineError } from './connection.ts';
import { countRows } from './count-rows.ts';
import { type FieldContext, NOT_ADMITTED } from './field-sql.ts';
import { findDecimals } from './find-decimals.ts';
import { nameHead } from './pseudonyms.ts';
import { sqlName, sqlPath, sqlText } from './quote.ts';
import { onlySql, rawName, rawSql } from './raw-sql.ts';
import { rowSql } from './row-sql.ts';

/** A file to be read. */
export interface StageRequest {
  readonly path: string;
  /** How people know the file. */
  readonly name: string;
  /** Its size, where it is worth a look ahead. */
  readonly bytes?: number;
  readonly reading: Reading;
  readonly zone: string;
  readonly unitRate: string | undefined;
  /** Either a Parquet file to be written or a table of the connection. */
  readonly target: { readonly parquet: string } | { readonly table: string };
}

/** Rows of one file, typed and admitted. */
export interface StagedFile {
  readonly columns: readonly ColumnId[];
  readonly quarantined: number;
  /** The first ones, at most {@link QUARANTINE_SHOWN}. */
  readonly quarantinedRows: readonly QuarantinedRow[];
  /** Rows that were taken and cost what no tokens cost, the first ones; told where rows were read by lines. */
  readonly outsideRows?: readonly QuarantinedRow[];
  /** Rows that are no usage, such as top-ups. */
  readonly skipped: number;
}

/**
 * Reads one file into typed rows, in one pass when every row is admitted and by lines when one is not.
 *
 * @throws {AppError} `leak-blocked` for a key-shaped text in a kept column, `export-unreadable` for a file that breaks off.
 */
export async function stageFile(
  connection: Connection,
  request: StageRequest,
): Promise<StagedFile> {
  const { path, reading, bytes = 0 } = request;
  const named = await nameHead(connection, path, { reading, bytes });
  const padding = await findDecimals(connection, path, { reading, bytes });
  const fast = rowSql(path, reading, { ...contextOf(request, 'fast'), named, padding });
  const skipped = await countSkipped(connection, request);
  try {
    await connection.run(`${into(request)} ${wrap(request, fast.sql)}`);
    return { columns: fast.columns, quarantined: 0, quarantinedRows: [], skipped };
  } catch (error) {
    if (!isBadRow(error)) throw engineError(error, await unreadable(request, error));
  }
  return { ...(await stageByLines(connection, request)), skipped };
}

/**
 * Looks for texts that have the shape of an API key in what would be kept; the caller has found one in the bytes before.
 *
 * @throws {AppError} `leak-blocked`, naming the file and the column, never the text.
 */
export async function refuseKeys(connection: Connection, request: StageRequest): Promise<void> {
  const { reading } = request;
  const sums = reading.raw.map(({ name }, index) => {
    const text = rawName(name);
    return `CAST(count(*) FILTER (WHERE ${keyTest(text)}) AS VARCHAR) AS found_${index}`;
  });
  let answer;
  try {
    [answer] = await connection.rows(
      `SELECT ${sums.join(', ')} FROM (${rawSql(request.path, reading, 'lines')})`,
    );
  } catch (error) {
    throw engineError(error, await unreadable(request, error));
  }
  const column = reading.raw.find((_, index) => answer?.[`found_${index}`] !== '0');
  if (column === undefined) return;
  throw new AppError('leak-blocked', {
    message: `${request.name}: column ${JSON.stringify(column.name)} holds a text shaped like an API key; nothing was stored`,
    hint: 'Export key names or aliases instead of keys, and revoke the key.',
    file: request.name,
  });
}

/** Writes whether a text has the shape of a key. */
export const keyTest = (text: string): string =>
  `(strlen(${text}) >= ${KEY_LENGTH_MIN} AND regexp_matches(${text}, ${sqlText(KEY_SHAPE)}))`;

/** Writes where staged rows are read from. */
export const stagedSql = (target: StageRequest['target']): string =>
  'table' in target ? sqlName(target.table) : `read_parquet(${sqlPath(target.parquet)})`;

/** Says where the rows of a file are to be named. */
export const placeOf = ({ path, reading }: StageRequest) => ({ path, kind: reading.source.kind });

/** Gives what the plan adds to one pass over a file. */
export const contextOf = (request: StageRequest, pass: FieldContext['pass']): FieldContext => ({
  pass,
  zone: request.zone,
  unitRate: request.unitRate,
  isPassing: 'table' in request.target,
});

function into({ target }: StageRequest): string {
  return 'table' in target ? `CREATE TEMP TABLE ${sqlName(target.table)} AS` : 'COPY';
}

function wrap({ target }: StageRequest, sql: string): string {
  return 'table' in target ? sql : `(${sql}) TO ${sqlText(target.parquet)} ${PARQUET}`;
}

const parquetOf = (compression: string, more = '') =>
  `(FORMAT parquet, COMPRESSION ${compression}, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 4096${more})`;

/**
 * One form for everything that the store writes. Encodings of version 2 and no dictionary of references take a fifth less time
 * to write and no more to read.
 */
export const PARQUET = parquetOf('zstd');

/** The form of a file whose bytes would be those of another one. */
export const copyOf = (copy: number): string =>
  parquetOf('zstd', `, KV_METADATA {copy: ${sqlText(String(copy))}}`);

/** The form of files that are read once more and then removed. */
export const DRAFT = parquetOf('uncompressed');

const isBadRow = (error: unknown): boolean =>
  error instanceof Error &&
  new RegExp(`${NOT_ADMITTED}|Conversion Error|CSV Error|Out of Range Error|Overflow`).test(
    error.message,
  );

async function countSkipped(connection: Connection, request: StageRequest): Promise<number> {
  const { only, source } = request.reading;
  if (only === undefined) return 0;
  // What cannot be read as text is left out, not skipped.
  const pass = source.kind === 'jsonl' ? 'lines' : 'fast';
  try {
    const [row] = await connection.rows(
      `SELECT CAST(count(*) AS VARCHAR) AS skipped FROM (${rawSql(request.path, request.reading, pass)})
       WHERE NOT ${onlySql(request.reading)}`,
    );
    return Number(row?.['skipped']);
  } catch (error) {
    throw engineError(error, await unreadable(request, error));
  }
}

async function stageByLines(connection: Connection, request: StageRequest) {
  const { sql, columns } = rowSql(request.path, request.reading, contextOf(request, 'lines'));
  try {
    await connection.run(`CREATE OR REPLACE TEMP TABLE by_line AS ${sql}`);
    const outside = request.reading.band && outsideSql(request.reading.band, columns);
    const bad = await badRows(connection, 'reason');
    const odd = outside === undefined ? [] : await badRows(connection, oddReason(outside));
    const { rejected, rows } = await namedRows(connection, placeOf(request), [...bad, ...odd]);
    const names = columns.map(sqlName).join(', ');
    await connection.run(
      `${into(request)} ${wrap(request, `SELECT ${names} FROM by_line WHERE reason IS NULL`)}`,
    );
    const [count] = await connection.rows(
      'SELECT CAST(count(reason) AS VARCHAR) AS bad FROM by_line',
    );
    await connection.run('DROP TABLE by_line');
    return {
      columns,
      quarantined: Number(count?.['bad']) + rejected,
      quarantinedRows: rows
        .filter(({ reason }) => reason !== OUTSIDE)
        .toSorted((left, right) => left.line - right.line)
        .slice(0, QUARANTINE_SHOWN),
      outsideRows: rows.filter(({ reason }) => reason === OUTSIDE),
    };
  } catch (error) {
    throw engineError(error, await unreadable(request, error));
  }
}

async function unreadable(request: StageRequest, cause: unknown): Promise<AppError> {
  const isTable = request.reading.source.kind === 'csv';
  const mixed = isTable ? await mixedEnds(request.path, request.name) : undefined;
  if (mixed !== undefined) return mixed;
  return new AppError('export-unreadable', {
    message: `${request.name} could not be read to its end as ${request.reading.source.kind}`,
    hint: 'Export the file again; a download may have broken off.',
    file: request.name,
    cause,
  });
}

/** Says how many rows a written file has and which columns of the store. */
export async function describeParquet(connection: Connection, path: string) {
  const file = `read_parquet(${sqlPath(path)})`;
  const names = await connection.rows(
    `SELECT column_name AS name FROM (DESCRIBE SELECT * FROM ${file})`,
  );
  const columns = names.map(({ name }) => name ?? '').filter(isColumn);
  return { rows: await countRows(connection, file), columns };
}

/** Writes a reader over store files. */
export const parquetList = (paths: readonly string[]): string =>
  `read_parquet([${paths.map(sqlPath).join(', ')}], union_by_name = true)`;
