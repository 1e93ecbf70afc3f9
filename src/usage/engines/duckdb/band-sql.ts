import type { Band } from '../../adapters/adapter.ts';
import { type ColumnId, COST_COLUMN, TOKEN_COLUMNS } from '../../columns.ts';
import { sqlText } from './quote.ts';

/** A row with fewer tokens is not judged: a picture or a search beside ten words is no mistake. */
const TOKENS_MIN = 1000;
/** Not many rows have more. */
const TOKENS_USUAL = 1_000_000;
/** The reason of a row whose cost per token is of no world. */
export const OUTSIDE = 'cost-per-token-outside-band';

/** Writes whether the cost of a row is orders of magnitude away from what its tokens cost anywhere; `undefined` where rows cannot be judged. */
export function outsideSql(
  { basis, min, max }: Band,
  columns: readonly ColumnId[],
): string | undefined {
  const cost = COST_COLUMN[basis];
  const leaves = TOKEN_COLUMNS.filter((leaf) => columns.includes(leaf));
  if (!columns.includes(cost) || leaves.length === 0) return undefined;
  const tokens = `(${leaves.map((leaf) => `coalesce(${leaf}, 0)`).join(' + ')})`;
  // In decimals: to make a binary float of one takes the engine longer than everything else here (DuckDB 1.5.6).
  const edge = (perMillion: number, of = tokens): string =>
    `CAST(${of} AS DECIMAL(18,0)) * CAST('${(perMillion / 1_000_000).toFixed(12)}' AS DECIMAL(19,12))`;
  // Few rows are so dear, so cheap or so long that they could lie outside: to multiply for each takes six times as long.
  const mayBe = `(${cost} > ${edge(max, String(TOKENS_MIN))} OR ${cost} < ${edge(min, String(TOKENS_USUAL))} OR ${tokens} > ${TOKENS_USUAL})`;
  const isOutside = `(${cost} > ${edge(max)} OR ${cost} < ${edge(min)})`;
  return `coalesce(CASE WHEN ${tokens} >= ${TOKENS_MIN} AND ${cost} > 0 AND ${mayBe} THEN ${isOutside} END, false)`;
}

/** Writes the reason for which a row of `by_line` that was taken is odd. */
export const oddReason = (outside: string): string =>
  `CASE WHEN reason IS NULL AND ${outside} THEN ${sqlText(OUTSIDE)} END`;
