import type { PlainDate } from '../../../core/index.ts';
import type { ColumnId } from '../../columns.ts';
import type { Connection } from './connection.ts';
import { countRows } from './count-rows.ts';
import { sqlPath, sqlText } from './quote.ts';

/** Rows by reference and UTC date; either may be left open. */
export interface Matching {
  readonly ref: string | undefined;
  readonly date: PlainDate | undefined;
}

/** Counts the rows of one file that match. */
export async function countMatches(
  connection: Connection,
  file: { readonly path: string; readonly columns: readonly ColumnId[] },
  wanted: Matching,
): Promise<number> {
  const from = `read_parquet(${sqlPath(file.path)})`;
  return await countRows(connection, `${from} WHERE ${matchSql(file, wanted)}`);
}

/** Writes a test of one row of a file. */
export function matchSql(
  { columns }: { readonly columns: readonly ColumnId[] },
  { ref, date }: Matching,
): string {
  const tests = ['true'];
  if (ref !== undefined) {
    const refs = (['request_ref', 'trace_ref'] as const).filter((column) =>
      columns.includes(column),
    );
    const isRef = refs.map((column) => `coalesce(${column} = ${sqlText(ref)}, false)`);
    tests.push(isRef.length === 0 ? 'false' : `(${isRef.join(' OR ')})`);
  }
  if (date !== undefined) {
    const day = columns.includes('start_date') ? 'start_date' : 'CAST(start_at AS DATE)';
    tests.push(`${day} = DATE ${sqlText(date)}`);
  }
  return tests.join(' AND ');
}

/** Lists request and trace references of one file in a span, the newest first. */
export async function listReferences(
  connection: Connection,
  file: { readonly path: string; readonly columns: readonly ColumnId[] },
  wanted: {
    readonly span: { readonly start: string; readonly end: string };
    readonly room: number;
  },
): Promise<readonly { readonly ref: string; readonly model: string | null }[]> {
  const refs = (['request_ref', 'trace_ref'] as const).filter((column) =>
    file.columns.includes(column),
  );
  if (refs.length === 0 || !file.columns.includes('start_at')) return [];
  const model = file.columns.includes('model') ? 'model' : 'NULL';
  const { start, end } = wanted.span;
  const selects = refs.map(
    (column) =>
      `SELECT ${column} AS ref, ${model} AS model, start_at FROM read_parquet(${sqlPath(file.path)})
       WHERE ${column} IS NOT NULL AND start_at >= TIMESTAMP ${sqlText(instantText(start))}
       AND start_at < TIMESTAMP ${sqlText(instantText(end))}`,
  );
  const rows = await connection.rows(
    `SELECT ref, model FROM (${selects.join(' UNION ALL ')}) ORDER BY start_at DESC LIMIT ${Math.floor(wanted.room)}`,
  );
  return rows.flatMap(({ ref, model: name }) =>
    typeof ref === 'string' ? [{ ref, model: name ?? null }] : [],
  );
}

/** The store's times are UTC without an offset. */
const instantText = (instant: string): string => instant.replace('T', ' ').replace('Z', '');

/** What one stored row says that allocation looks at; texts, or null for not said. */
export interface StoredRow {
  /** UTC. */
  readonly start: string | null;
  readonly date: string | null;
  readonly key: string | null;
  readonly project: string | null;
  readonly model: string | null;
  readonly workload: string | null;
  readonly cost: string | null;
}

/** Lists the rows of one file that carry a request or trace reference. */
export async function listRows(
  connection: Connection,
  file: { readonly path: string; readonly columns: readonly ColumnId[] },
  wanted: { readonly ref: string; readonly room: number },
): Promise<readonly StoredRow[]> {
  const refs = (['request_ref', 'trace_ref'] as const).filter((column) =>
    file.columns.includes(column),
  );
  if (refs.length === 0) return [];
  const text = (column: ColumnId, name: string, sql: string = column): string =>
    `${file.columns.includes(column) ? `CAST(${sql} AS VARCHAR)` : 'NULL'} AS "${name}"`;
  const list = [
    text('start_at', 'start', "strftime(start_at, '%Y-%m-%dT%H:%M:%SZ')"),
    text('start_date', 'date'),
    text('key_ref', 'key'),
    text('project_ref', 'project'),
    text('model', 'model'),
    text('workload', 'workload'),
    text('cost_charged', 'cost'),
  ];
  const rows = await connection.rows(
    `SELECT ${list.join(', ')} FROM read_parquet(${sqlPath(file.path)})
     WHERE ${refs.map((column) => `${column} = ${sqlText(wanted.ref)}`).join(' OR ')} LIMIT ${Math.floor(wanted.room)}`,
  );
  const of = (row: (typeof rows)[number], name: string): string | null => row[name] ?? null;
  return rows.map((row) => ({
    start: of(row, 'start'),
    date: of(row, 'date'),
    key: of(row, 'key'),
    project: of(row, 'project'),
    model: of(row, 'model'),
    workload: of(row, 'workload'),
    cost: of(row, 'cost'),
  }));
}
