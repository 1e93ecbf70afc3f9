import { isWriting } from '../../columns.ts';
import type { Connection } from './connection.ts';
import { type Merged, type MergeRequest, SHRUNK_MAX, shrunkOf } from './merged.ts';
import type { Partition } from './partition.ts';
import { sqlName, sqlTexts } from './quote.ts';

/** What is known of files of one import that hold the same days. */
export interface States {
  /** Tells of a staged row that a later file of the import holds its day anew; undefined where no row is. */
  readonly isOld: string | undefined;
  readonly shrunk: Merged['shrunk'];
  /** Files that share days with a later one and hardly a row. */
  readonly doubtful: readonly string[];
}

/**
 * Tells states of one table from its parts, where several files of an import hold the same days.
 *
 * An export that begins anew each month holds most rows of yesterday's file again: the later state counts. Parts of one table
 * have next to no row in common: they count together, and are named.
 *
 * Reads the view `staged` of the merge.
 */
export async function statesOf(
  connection: Connection,
  request: MergeRequest,
  { day, scope }: Partition,
): Promise<States> {
  const none = { isOld: undefined, shrunk: [], doubtful: [] };
  if (request.staged.length < 2 || !(await shareDays(connection, scope))) return none;
  const pairs = await comparedFiles(connection, request, scope);
  const old = pairs.filter(({ rows, again }) => again * 2 >= rows).map(({ place }) => place);
  const doubtful = pairs.filter(({ place }) => !old.includes(place));
  const isOld = old.map((place) => {
    const later = `SELECT ${scope} FROM staged WHERE filename IN (${sqlTexts(request.staged.slice(place + 1))})`;
    return `(filename IN (${sqlTexts(request.staged.slice(place, place + 1))}) AND ${scope} IN (${later}))`;
  });
  return {
    isOld: isOld.length === 0 ? undefined : isOld.join(' OR '),
    shrunk: isOld.length === 0 ? [] : await shrunkDays(connection, day, isOld.join(' OR ')),
    doubtful: doubtful.flatMap(({ place }) => request.staged.slice(place, place + 1)),
  };
}

async function shareDays(connection: Connection, scope: string): Promise<boolean> {
  const [row] = await connection.rows(
    `SELECT CAST(EXISTS (SELECT 1 FROM staged GROUP BY ${scope} HAVING min(filename) <> max(filename)) AS VARCHAR) AS shared`,
  );
  return row?.['shared'] === 'true';
}

/** Counts, of each file, rows on days that a later file holds too, and how many of them stand in one of those again. */
async function comparedFiles(
  connection: Connection,
  { staged, stagedColumns }: MergeRequest,
  scope: string,
): Promise<readonly { readonly place: number; readonly rows: number; readonly again: number }[]> {
  // An amount that is written otherwise makes no other row.
  const said = stagedColumns.filter((column) => !isWriting(column));
  const rows = await connection.rows(
    `WITH kinds AS (SELECT list_position([${sqlTexts(staged)}], filename) - 1 AS place, ${scope} AS scope,
        hash(${said.map(sqlName).join(', ')}) AS kind, count(*) AS times FROM staged GROUP BY ALL),
      shared AS (SELECT DISTINCT a.place, a.scope FROM (SELECT DISTINCT place, scope FROM kinds) a
        JOIN (SELECT DISTINCT place, scope FROM kinds) b ON b.scope = a.scope AND b.place > a.place),
      told AS (SELECT a.place, a.scope, a.kind, a.times, max(b.times) AS again FROM kinds a
        LEFT JOIN kinds b ON b.scope = a.scope AND b.kind = a.kind AND b.place > a.place GROUP BY ALL)
     SELECT CAST(place AS VARCHAR) AS place, CAST(sum(times) AS VARCHAR) AS n, CAST(sum(least(times, coalesce(again, 0))) AS VARCHAR) AS again
     FROM told SEMI JOIN shared USING (place, scope) GROUP BY place ORDER BY place`,
  );
  return rows.map((row) => ({
    place: Number(row['place']),
    rows: Number(row['n']),
    again: Number(row['again']),
  }));
}

/** Days of which the state that counts has fewer rows than one before it had. */
async function shrunkDays(
  connection: Connection,
  day: string,
  isOld: string,
): Promise<Merged['shrunk']> {
  const rows = await connection.rows(
    `WITH counted AS (SELECT ${day} AS day, filename, ${isOld} AS is_old, count(*) AS n FROM staged GROUP BY ALL)
     SELECT CAST(day AS VARCHAR) AS date, CAST(max(n) FILTER (WHERE is_old) AS VARCHAR) AS before,
       CAST(sum(n) FILTER (WHERE NOT is_old) AS VARCHAR) AS after
     FROM counted GROUP BY day HAVING max(n) FILTER (WHERE is_old) > sum(n) FILTER (WHERE NOT is_old)
     ORDER BY day LIMIT ${SHRUNK_MAX}`,
  );
  return shrunkOf(rows);
}
