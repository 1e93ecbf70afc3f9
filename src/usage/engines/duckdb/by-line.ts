import type { Source } from '../../adapters/adapter.ts';
import { blankLines } from '../../blank-lines.ts';
import type { Connection } from './connection.ts';
import { countRows } from './count-rows.ts';
import { linesOfRows } from './lines-of-rows.ts';
import { type Mark, MarksAhead } from './marks-ahead.ts';

/** One row that was left out: where it stands and why, never what it says. */
export interface QuarantinedRow {
  /** Of a text file the line, 1-based; of JSON the item's number, of Parquet the row's. */
  readonly line: number;
  readonly reason: string;
}

/** Rows that are kept by line; all are counted. */
export const QUARANTINE_SHOWN = 100;

/**
 * Names rows of `by_line` by their line in the file, and what was no row of it at all beside them: all of it is counted, and the
 * first is named.
 *
 * A reader of texts leaves out what is no record for it, and rows are numbered without those. The file is read once more, up to
 * the last of these rows.
 */
export async function namedRows(
  connection: Connection,
  { path, kind }: { readonly path: string; readonly kind: Source['kind'] },
  bad: readonly QuarantinedRow[],
): Promise<{ readonly rejected: number; readonly rows: readonly QuarantinedRow[] }> {
  const header = HEADER_RECORDS[kind];
  if (header === undefined) return { rejected: 0, rows: bad };
  const rejected = await countRows(connection, `(SELECT DISTINCT line FROM ${REJECTED})`);
  const rejects = rejected === 0 ? [] : await rejectedRecords(connection);
  const numbering = {
    header,
    blank: new MarksAhead(kind === 'csv' ? blankMarks(path) : nothing()),
    rejected: new MarksAhead(rejected === 0 ? nothing() : rejectedMarks(connection)),
    breaks: new MarksAhead(kind === 'csv' ? breakMarks(connection) : nothing()),
  };
  const numbersOf = (rows: readonly QuarantinedRow[]) =>
    [...new Set(rows.map(({ line }) => line))].toSorted((left, right) => left - right);
  const wanted = { rows: numbersOf(bad), records: numbersOf(rejects) };
  const { ofRow, ofRecord } = await linesOfRows(wanted, numbering);
  await numbering.blank.close();
  const rows = [
    ...rejects.map(({ line, reason }) => ({ line: ofRecord.get(line) ?? line, reason })),
    ...bad.map(({ line, reason }) => ({ line: ofRow.get(line) ?? line, reason })),
  ];
  return { rejected, rows };
}

/** Formats whose reader tells what it left out, and the records before the first row. */
const HEADER_RECORDS: Partial<Record<Source['kind'], number>> = { csv: 1, jsonl: 0 };

const REJECTED =
  '(SELECT line, error_type FROM reject_errors WHERE scan_id = (SELECT max(scan_id) FROM reject_scans))';

/** Gives the first records that are no rows of the table at all, by their number in the file. */
async function rejectedRecords(connection: Connection): Promise<QuarantinedRow[]> {
  const rows = await connection.rows(
    `SELECT CAST(line AS VARCHAR) AS line, min(CAST(error_type AS VARCHAR)) AS kind FROM ${REJECTED} AS found
     GROUP BY line ORDER BY found.line LIMIT ${QUARANTINE_SHOWN}`,
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

// oxlint-disable-next-line require-yield
async function* nothing(): AsyncGenerator<readonly Mark[]> {}

async function* blankMarks(path: string): AsyncGenerator<readonly Mark[]> {
  for await (const lines of blankLines(path)) yield lines.map((at) => ({ at, count: 1 }));
}

const rejectedMarks = (connection: Connection) =>
  pagesOf(connection, `SELECT DISTINCT line AS mark, 1 AS n FROM ${REJECTED}`);

const breakMarks = (connection: Connection) =>
  pagesOf(connection, 'SELECT ordinal AS mark, breaks AS n FROM by_line WHERE breaks > 0');

/** As many marks as are in memory at once. */
const PAGE_ROWS = 20_000;

async function* pagesOf(connection: Connection, marks: string): AsyncGenerator<readonly Mark[]> {
  for (let after = 0; ;) {
    const rows = await connection.rows(
      `SELECT CAST(mark AS VARCHAR) AS at, CAST(n AS VARCHAR) AS n FROM (${marks}) WHERE mark > ${after} ORDER BY mark LIMIT ${PAGE_ROWS}`,
    );
    const page = rows.map((row) => ({ at: Number(row['at']), count: Number(row['n']) }));
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_ROWS) return;
    after = last.at;
  }
}

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
