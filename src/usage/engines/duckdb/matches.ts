import type { PlainDate } from '../../../core/index.ts';
import type { ColumnId } from '../../columns.ts';
import type { Connection } from './connection.ts';
import { sqlPath, sqlText } from './quote.ts';

/** Counts the rows of one file by reference and UTC date; either may be left open. */
export async function countMatches(
  connection: Connection,
  file: { readonly path: string; readonly columns: readonly ColumnId[] },
  wanted: { readonly ref: string | undefined; readonly date: PlainDate | undefined },
): Promise<number> {
  const tests = ['true'];
  if (wanted.ref !== undefined) {
    const refs = (['request_ref', 'trace_ref'] as const).filter((column) => file.columns.includes(column));
    const isRef = refs.map((column) => `coalesce(${column} = ${sqlText(wanted.ref ?? '')}, false)`);
    tests.push(isRef.length === 0 ? 'false' : `(${isRef.join(' OR ')})`);
  }
  if (wanted.date !== undefined) {
    const day = file.columns.includes('start_date') ? 'start_date' : 'CAST(start_at AS DATE)';
    tests.push(`${day} = DATE ${sqlText(wanted.date)}`);
  }
  const [row] = await connection.rows(
    `SELECT CAST(count(*) AS VARCHAR) AS n FROM read_parquet(${sqlPath(file.path)}) WHERE ${tests.join(' AND ')}`,
  );
  return Number(row?.['n']);
}
