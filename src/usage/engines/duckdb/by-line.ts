import type { Source } from '../../adapters/adapter.ts';
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
  kind: Source['kind'],
  bad: readonly QuarantinedRow[],
): Promise<{ readonly rejected: number; readonly rows: readonly QuarantinedRow[] }> {
  const header = HEADER_RECORDS[kind];
  if (header === undefined) return { rejected: 0, rows: bad };
  const rejects = await rejectedRecords(connection);
  const rows = await namedByLine(connection, rejects, { bad, header });
  return { rejected: rejects.length, rows };
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
 * Turns record numbers into lines: a header is record 1, the engine counts rejected records, and a quoted field may span
 * lines.
 */
async function namedByLine(
  connection: Connection,
  rejects: readonly QuarantinedRow[],
  { bad, header }: { readonly bad: readonly QuarantinedRow[]; readonly header: number },
): Promise<QuarantinedRow[]> {
  const breaks = await connection.rows(
    'SELECT CAST(ordinal AS VARCHAR) AS ordinal, CAST(breaks AS VARCHAR) AS breaks FROM by_line WHERE breaks > 0 ORDER BY by_line.ordinal LIMIT 10000',
  );
  const rejected = rejects.map(({ line }) => line).toSorted((left, right) => left - right);
  const recordOf = (ordinal: number) => {
    let record = ordinal + header;
    for (const other of rejected) if (other <= record) record += 1;
    return record;
  };
  const spans = breaks.map((row) => ({
    record: recordOf(Number(row['ordinal'])),
    more: Number(row['breaks']),
  }));
  const lineOf = (record: number) =>
    spans.reduce((line, span) => (span.record < record ? line + span.more : line), record);
  return [
    ...rejects.map(({ line, reason }) => ({ line: lineOf(line), reason })),
    ...bad.map(({ line, reason }) => ({ line: lineOf(recordOf(line)), reason })),
  ];
}
