import type { Source } from '../../adapters/adapter.ts';
import { blankLines } from '../../blank-lines.ts';
import type { Connection } from './connection.ts';

/** One row that was left out: where it stands and why, never what it says. */
export interface QuarantinedRow {
  /** Of a text file the line, 1-based; of JSON the item's number, of Parquet the row's. */
  readonly line: number;
  readonly reason: string;
}

/** Rows that are kept by line; all are counted. */
export const QUARANTINE_SHOWN = 100;

/**
 * Names rows of `by_line` by their line in the file, and what was no row of it at all beside them.
 *
 * A reader of texts leaves out what is no record for it, and rows are numbered without those.
 */
export async function namedRows(
  connection: Connection,
  { path, kind }: { readonly path: string; readonly kind: Source['kind'] },
  bad: readonly QuarantinedRow[],
): Promise<{ readonly rejected: number; readonly rows: readonly QuarantinedRow[] }> {
  const header = HEADER_RECORDS[kind];
  if (header === undefined) return { rejected: 0, rows: bad };
  const rejects = await rejectedRecords(connection);
  const blank = kind === 'csv' ? await blankLines(path) : new Set<number>();
  const rows = await namedByLine(connection, rejects, { bad, header, blank });
  return { rejected: rejects.length, rows };
}

interface Numbering {
  readonly bad: readonly QuarantinedRow[];
  /** Records before the first row. */
  readonly header: number;
  /** Lines that are records and no rows; where they are counted as rows there are none. */
  readonly blank: ReadonlySet<number>;
}

/** Formats whose reader tells what it left out, and the records before the first row. */
const HEADER_RECORDS: Partial<Record<Source['kind'], number>> = { csv: 1, jsonl: 0 };

/** Gives the records that are no rows of the table at all, by their number in the file. */
async function rejectedRecords(connection: Connection): Promise<QuarantinedRow[]> {
  const rows = await connection.rows(
    `SELECT CAST(line AS VARCHAR) AS line, min(CAST(error_type AS VARCHAR)) AS kind FROM reject_errors
     WHERE scan_id = (SELECT max(scan_id) FROM reject_scans) GROUP BY line`,
  );
  return rows.map((row) => ({
    line: Number(row['line']),
    reason: REJECTS[row['kind'] ?? ''] ?? 'bad-line',
  }));
}

const REJECTS: Readonly<Record<string, string>> = {
  'MISSING COLUMNS': 'ragged-row',
  'TOO MANY COLUMNS': 'ragged-row',
  'UNQUOTED VALUE': 'bad-quotes',
  'INVALID ENCODING': 'bad-encoding',
  'INVALID UNICODE': 'bad-encoding',
  'LINE SIZE OVER MAXIMUM': 'line-too-long',
};

/** Gives the first rows of `by_line` for which an expression gives a reason. */
export async function badRows(
  connection: Connection,
  reasonSql: string,
): Promise<QuarantinedRow[]> {
  const rows = await connection.rows(
    `SELECT CAST(ordinal AS VARCHAR) AS ordinal, ${reasonSql} AS reason FROM by_line
     WHERE ${reasonSql} IS NOT NULL ORDER BY by_line.ordinal LIMIT ${QUARANTINE_SHOWN}`,
  );
  return rows.map((row) => ({ line: Number(row['ordinal']), reason: row['reason'] ?? 'bad-row' }));
}

/**
 * Turns numbers of records and rows into lines: a header is record 1, blank lines and rejected records are records and no rows,
 * and a quoted field may span lines.
 */
async function namedByLine(
  connection: Connection,
  rejects: readonly QuarantinedRow[],
  { bad, header, blank }: Numbering,
): Promise<QuarantinedRow[]> {
  const breaks = await connection.rows(
    'SELECT CAST(ordinal AS VARCHAR) AS ordinal, CAST(breaks AS VARCHAR) AS breaks FROM by_line WHERE breaks > 0 ORDER BY by_line.ordinal LIMIT 10000',
  );
  const more = new Map(breaks.map((row) => [Number(row['ordinal']), Number(row['breaks'])]));
  const rejected = new Set(rejects.map(({ line }) => line));
  const ofRecord = new Map<number, number>();
  const ofRow = new Map<number, number>();
  const wanted = new Set(bad.map(({ line }) => line));
  const lastRow = lastOf(bad);
  const lastRecord = lastOf(rejects);
  let record = header;
  let row = 0;
  for (let line = header + 1; row < lastRow || record < lastRecord; line += 1) {
    record += 1;
    if (blank.has(line)) continue;
    if (rejected.has(record)) {
      ofRecord.set(record, line);
      continue;
    }
    row += 1;
    if (wanted.has(row)) ofRow.set(row, line);
    line += more.get(row) ?? 0;
  }
  return [
    ...rejects.map(({ line, reason }) => ({ line: ofRecord.get(line) ?? line, reason })),
    ...bad.map(({ line, reason }) => ({ line: ofRow.get(line) ?? line, reason })),
  ];
}

const lastOf = (rows: readonly QuarantinedRow[]): number =>
  rows.reduce((last, { line }) => Math.max(last, line), 0);
