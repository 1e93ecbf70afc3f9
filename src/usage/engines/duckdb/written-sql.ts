import type { CostBasis } from '../../../plan/index.ts';
import { type ColumnId, COST_COLUMN, DECIMALS_COLUMN, LITERAL_COLUMN } from '../../columns.ts';

/**
 * Writes an amount as its source wrote it where the typed amount does not say it, else null: its literal, or its number with
 * the zeros that its table pads it with.
 */
export function writtenSql(basis: CostBasis, has: (column: ColumnId) => boolean): string {
  const [amount, decimals] = [COST_COLUMN[basis], DECIMALS_COLUMN[basis]];
  const literal = has(LITERAL_COLUMN[basis]) ? LITERAL_COLUMN[basis] : 'CAST(NULL AS VARCHAR)';
  if (!has(decimals) || !has(amount)) return literal;
  const text = `CAST(${amount} AS VARCHAR)`;
  const padded = `left(${text}, strlen(${text}) - ${STORED_DECIMALS} + ${decimals})`;
  return `coalesce(${literal}, CASE WHEN suffix(${padded}, '0') THEN ${padded} END)`;
}

/** The store's amounts have as many. */
const STORED_DECIMALS = 18;
