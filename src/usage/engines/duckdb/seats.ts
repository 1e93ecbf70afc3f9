import { type Measured, wholeDecimal } from '../../../core/index.ts';
import type { Connection, SqlRow } from './connection.ts';
import { type ExportQuery, seatsSql } from './export-sql.ts';
import { textAt } from './text-at.ts';

/** Distinct users, counted at each level. */
export interface SeatRows {
  /** Absent when no export matched. */
  readonly total: Measured | undefined;
  readonly groups: readonly {
    readonly group: readonly (string | null)[];
    readonly seats: Measured;
  }[];
  readonly days: readonly { readonly date: string; readonly seats: Measured }[];
}

/** Counts distinct user references over all exports together: one person in two exports is one seat. */
export async function seatRows(
  connection: Connection,
  queries: readonly ExportQuery[],
): Promise<SeatRows> {
  const [first] = queries;
  if (first === undefined) return { total: undefined, groups: [], days: [] };
  const union = queries.map((query) => seatsSql(query)).join(' UNION ALL ');
  await connection.run(`CREATE OR REPLACE TEMP TABLE seat_rows AS ${union}`);
  const count = `CAST(count(DISTINCT user_ref) AS VARCHAR) AS seats, CAST(count(user_ref) AS VARCHAR) AS known, CAST(count(*) AS VARCHAR) AS total`;
  const dimensions = first.by.map((dimension) => `d_${dimension}`);
  const labels = dimensions.map((name) => `CAST(${name} AS VARCHAR) AS ${name}`).join(', ');
  const [total] = await connection.rows(`SELECT ${count} FROM seat_rows`);
  const groups = await connection.rows(
    `SELECT ${[labels, count].filter((part) => part !== '').join(', ')} FROM seat_rows ${dimensions.length === 0 ? '' : `GROUP BY ${dimensions.join(', ')}`}`,
  );
  const days = await connection.rows(
    `SELECT CAST(row_date AS VARCHAR) AS date, ${count} FROM seat_rows GROUP BY row_date`,
  );
  await connection.run('DROP TABLE seat_rows');
  const hasRows = textAt(total, 'total') !== '0';
  return {
    total: hasRows ? seatsOf(total) : undefined,
    groups: hasRows
      ? groups.map((row) => ({
          group: dimensions.map((name) => row[name] ?? null),
          seats: seatsOf(row),
        }))
      : [],
    days: days.map((row) => ({ date: textAt(row, 'date'), seats: seatsOf(row) })),
  };
}

function seatsOf(row: SqlRow | undefined): Measured {
  const known = Number(textAt(row, 'known'));
  return {
    value: known === 0 ? null : wholeDecimal(Number(textAt(row, 'seats'))),
    knownRows: known,
    totalRows: Number(textAt(row, 'total')),
  };
}
