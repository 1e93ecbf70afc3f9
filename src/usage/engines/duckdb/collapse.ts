import type { Reading } from '../../adapters/adapter.ts';
import type { ColumnId } from '../../columns.ts';
import type { Connection } from './connection.ts';
import { keySql, rankSql } from './merge.ts';
import { sqlName } from './quote.ts';

/**
 * Leaves one row of each key in a staged table, the one that an import would take.
 *
 * @returns how many rows were written more than once.
 */
export async function collapseRows(
  connection: Connection,
  table: string,
  reading: Reading,
  columns: readonly ColumnId[],
): Promise<number> {
  if (reading.key === 'none' || reading.restatement === 'replace-partition') return 0;
  const name = sqlName(table);
  const key = keySql(reading.key, reading).join(', ');
  const [row] = await connection.rows(
    `SELECT CAST(count(*) - count(DISTINCT hash(${key})) AS VARCHAR) AS twice FROM ${name}`,
  );
  if (row?.['twice'] === '0') return 0;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT * FROM ${name}
     QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY ${rankSql(columns)} DESC) = 1`,
  );
  return Number(row?.['twice']);
}
