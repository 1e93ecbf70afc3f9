import type { Reading } from '../../adapters/adapter.ts';
import type { Connection } from './connection.ts';
import { isShort, type Padding } from './literal-sql.ts';
import { rawName, rawSql } from './raw-sql.ts';

/** Below this the head would be read for nothing. */
const BYTES_MIN = 16_777_216;
const HEAD_ROWS = 10_000;
/** With as many, an amount of 64 bits has room for a billion. */
const DECIMALS_MAX = 9;

/**
 * Finds amounts of a large CSV that are all padded to one number of decimals, by its head: to keep `0.100000` of every row takes
 * a tenth of an import, to keep the six almost nothing. An amount that is written otherwise further down is kept as it is.
 */
export async function findDecimals(
  connection: Connection,
  path: string,
  { reading, bytes }: { readonly reading: Reading; readonly bytes: number },
): Promise<Padding> {
  const found = new Map<string, number>();
  if (reading.source.kind !== 'csv' || bytes < BYTES_MIN) return found;
  for (const { from, unit, literal } of reading.costs) {
    if (unit !== 'currency' || literal === 'grouped') continue;
    const decimals = await decimalsOf(connection, headSql(path, reading, from));
    if (decimals !== undefined) found.set(from, decimals);
  }
  return found;
}

const headSql = (path: string, reading: Reading, from: string) =>
  `SELECT ${rawName(from)} AS amount FROM (${rawSql(path, reading, 'fast')}) LIMIT ${HEAD_ROWS}`;

async function decimalsOf(connection: Connection, head: string): Promise<number | undefined> {
  const decimals =
    "CASE WHEN instr(amount, '.') = 0 THEN 0 ELSE strlen(amount) - instr(amount, '.') END";
  try {
    const [row] = await connection.rows(
      `SELECT CAST(min(${decimals}) AS VARCHAR) AS least, CAST(max(${decimals}) AS VARCHAR) AS most,
        CAST(bool_and(${isShort('amount')}) AS VARCHAR) AS short FROM (${head}) WHERE amount IS NOT NULL`,
    );
    const count = Number(row?.['most']);
    const isPadded = row?.['short'] === 'true' && row['least'] === row['most'];
    return isPadded && count >= 1 && count <= DECIMALS_MAX ? count : undefined;
  } catch {
    // What is wrong with the file is said by the pass over all of it.
    return undefined;
  }
}
