import type { Reading } from '../../adapters/adapter.ts';
import type { Connection } from './connection.ts';
import { keySql, tuple } from './merge.ts';
import { type Merged, SHRUNK_MAX, shrunkOf } from './merged.ts';

/**
 * Counts, by day, the table's rows of buckets that the staged files tell whole, and how many of them are told again, where some
 * are not: such rows still count. A file that groups or filters by other things than an earlier one shows itself so, and what
 * both told is in the sums twice.
 *
 * Reads the views `staged` and `current` of {@link mergeRows}.
 */
export async function untoldDays(
  connection: Connection,
  reading: Reading,
): Promise<Merged['shrunk']> {
  const { key, toldWhole } = reading;
  if (toldWhole === undefined || key === 'none') return [];
  const row = tuple(keySql(key, reading));
  const bucket = tuple(keySql(toldWhole, reading));
  const rows = await connection.rows(
    `WITH told AS (SELECT DISTINCT ${row} AS told FROM staged), buckets AS (SELECT DISTINCT ${bucket} AS bucket FROM staged)
     SELECT CAST(day AS VARCHAR) AS date, CAST(count(*) AS VARCHAR) AS before, CAST(count(told) AS VARCHAR) AS after
     FROM (SELECT CAST(coalesce(start_date, start_at) AS DATE) AS day, told FROM current LEFT JOIN told ON told = ${row}
       WHERE ${bucket} IN (SELECT bucket FROM buckets))
     GROUP BY day HAVING count(told) < count(*) ORDER BY day LIMIT ${SHRUNK_MAX}`,
  );
  return shrunkOf(rows);
}
