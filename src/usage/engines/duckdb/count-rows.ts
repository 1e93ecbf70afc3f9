import type { Connection } from './connection.ts';

/** Counts the rows of a table, view or reader, or of what a test written behind it leaves. */
export async function countRows(connection: Connection, from: string): Promise<number> {
  const [row] = await connection.rows(`SELECT CAST(count(*) AS VARCHAR) AS n FROM ${from}`);
  return Number(row?.['n']);
}
