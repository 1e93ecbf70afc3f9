import { formatDecimal, parseDecimal } from '../../../core/index.ts';
import type { CostBasis } from '../../../plan/index.ts';
import { type ColumnId, COST_COLUMN, DECIMALS_COLUMN, LITERAL_COLUMN } from '../../columns.ts';
import type { Connection } from './connection.ts';
import { type Matching, matchSql } from './matches.ts';
import { sqlPath } from './quote.ts';
import { writtenSql } from './written-sql.ts';

/** An amount that its source wrote otherwise than the store holds it. */
export interface AmountLiteral {
  readonly ref: string | null;
  readonly basis: CostBasis;
  /** Canonical; null where the amount was taken for unknown. */
  readonly amount: string | null;
  readonly literal: string;
}

/** As many as are told of one file. */
export const LITERALS_SHOWN = 20;

/** Lists amounts of matching rows as they were written, where the typed amount does not say it; the first 20 of them. */
export async function listLiterals(
  connection: Connection,
  file: { readonly path: string; readonly columns: readonly ColumnId[] },
  wanted: Matching,
): Promise<readonly AmountLiteral[]> {
  const has = (column: ColumnId) => file.columns.includes(column);
  const bases = BASES.filter((basis) => has(LITERAL_COLUMN[basis]) || has(DECIMALS_COLUMN[basis]));
  if (bases.length === 0) return [];
  const ref = has('request_ref') ? 'request_ref' : has('trace_ref') ? 'trace_ref' : 'NULL';
  const selects = bases.map((basis) => {
    const amount = has(COST_COLUMN[basis]) ? `CAST(${COST_COLUMN[basis]} AS VARCHAR)` : 'NULL';
    return `SELECT * FROM (SELECT CAST(${ref} AS VARCHAR) AS ref, '${basis}' AS basis, ${amount} AS amount,
        ${writtenSql(basis, has)} AS literal FROM read_parquet(${sqlPath(file.path)}) WHERE ${matchSql(file, wanted)})
      WHERE literal IS NOT NULL LIMIT ${LITERALS_SHOWN}`;
  });
  const rows = await connection.rows(
    `SELECT * FROM (${selects.map((sql) => `(${sql})`).join(' UNION ALL ')}) ORDER BY ref NULLS LAST, basis, literal LIMIT ${LITERALS_SHOWN}`,
  );
  return rows.flatMap(({ ref: of = null, basis, amount, literal }) => {
    const known = bases.find((one) => one === basis);
    if (known === undefined || typeof literal !== 'string') return [];
    return [{ ref: of, basis: known, amount: canonical(amount ?? null), literal }];
  });
}

const BASES = Object.keys(COST_COLUMN) as CostBasis[];

function canonical(text: string | null): string | null {
  const value = text === null ? undefined : parseDecimal(text);
  return value === undefined ? null : formatDecimal(value);
}
