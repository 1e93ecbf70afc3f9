import type { Reading } from '../../adapters/adapter.ts';
import type { ColumnId } from '../../columns.ts';
import type { Connection } from './connection.ts';
import { keySql, rankSql, tieParts } from './merge.ts';
import { sqlName } from './quote.ts';
import { textAt } from './text-at.ts';

/** A staged table whose rows may be told more than once. */
export interface CollapseRequest {
  readonly table: string;
  readonly reading: Reading;
  readonly columns: readonly ColumnId[];
  /** Names the file of a row, where the table holds several: rows of two are not compared. */
  readonly fileSql?: string;
}

/**
 * Leaves one row of each key and file in a staged table, the one that an import would take.
 *
 * @returns how many rows of each file were written more than once; without files the only one is named by the empty text.
 */
export async function collapseRows(
  connection: Connection,
  { table, reading, columns, fileSql = "''" }: CollapseRequest,
): Promise<ReadonlyMap<string, number>> {
  if (reading.key === 'none' || reading.restatement === 'replace-partition') return new Map();
  const name = sqlName(table);
  const key = keySql(reading.key, reading).join(', ');
  const rows = await connection.rows(
    `SELECT ${fileSql} AS look_file, CAST(count(*) - count(DISTINCT hash(${key})) AS VARCHAR) AS twice
     FROM ${name} GROUP BY look_file HAVING count(*) > count(DISTINCT hash(${key}))`,
  );
  if (rows.length === 0) return new Map();
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${name} AS SELECT * FROM ${name}
     QUALIFY row_number() OVER (PARTITION BY ${fileSql}, ${key} ORDER BY ${rankSql(columns)} DESC, ${tieParts(columns).join(', ')}) = 1`,
  );
  return new Map(rows.map((row) => [textAt(row, 'look_file'), Number(row['twice'])]));
}
