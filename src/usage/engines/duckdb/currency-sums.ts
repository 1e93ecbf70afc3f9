import { MEASURES } from '../../../plan/index.ts';
import { told } from '../../../core/index.ts';
import { isCost } from '../../columns.ts';
import type { CurrencySums } from '../../look-result.ts';
import type { Connection } from './connection.ts';
import { type Filled, measuredOf, measuredSql, measureSql, rowsOf } from './measure-sql.ts';
import { sqlName } from './quote.ts';
import { textAt } from './text-at.ts';

/** Sums costs by their currency, where a file has more than one: such sums are never added. */
export async function currencySums(
  connection: Connection,
  table: string,
  filled: Filled,
): Promise<readonly CurrencySums[]> {
  const measures = MEASURES.filter(
    (measure) => isCost(measure) && measureSql(measure, filled) !== undefined,
  );
  const list = measures.flatMap((measure) =>
    measuredSql(measure, measureSql(measure, filled), rowsOf(measure, [], filled)),
  );
  const rows = await connection.rows(
    `SELECT currency, ${list.join(', ')} FROM ${sqlName(table)} WHERE currency IS NOT NULL GROUP BY currency ORDER BY currency`,
  );
  return rows.map((row) => ({
    currency: textAt(row, 'currency'),
    sums: Object.fromEntries(measures.map((measure) => [measure, told(measuredOf(measure, row))])),
  }));
}
