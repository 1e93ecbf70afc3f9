import type { Band } from '../../adapters/adapter.ts';
import { type ColumnId, COST_COLUMN } from '../../columns.ts';
import { badRows, namedRows, QUARANTINE_SHOWN, type QuarantinedRow } from './by-line.ts';
import type { Connection } from './connection.ts';
import { countRows } from './count-rows.ts';
import { sqlText } from './quote.ts';
import { type ReplayCounts, replayRows } from './replay.ts';
import { rowSql } from './row-sql.ts';
import { contextOf, placeOf, type StagedFile, stagedSql, type StageRequest } from './stage.ts';

/** What is odd about rows that were taken: nothing is left out for it. */
export interface Inspection {
  /** Null where the format does not carry the factors of its charges. */
  readonly replay: ReplayCounts | null;
  readonly flagged: number;
  /** The first ones, at most {@link QUARANTINE_SHOWN}. */
  readonly flaggedRows: readonly QuarantinedRow[];
}

/** Looks at accepted rows: does a charge follow from its own factors, and is a cost per token of this world. */
export async function inspectFile(
  connection: Connection,
  request: StageRequest,
  staged: StagedFile,
): Promise<Inspection> {
  const replayed = await replayRows(connection, request);
  const band = await outsideBand(connection, request, staged);
  return {
    replay: replayed?.counts ?? null,
    flagged: (replayed?.counts.differs ?? 0) + band.count,
    flaggedRows: [...(replayed?.rows ?? []), ...band.rows]
      .toSorted((left, right) => left.line - right.line)
      .slice(0, QUARANTINE_SHOWN),
  };
}

/** A row with fewer tokens is not judged: a picture or a search beside ten words is no mistake. */
const TOKENS_MIN = 1000;
/** Not many rows have more. */
const TOKENS_USUAL = 1_000_000;
const LEAVES = [
  'in_unsplit',
  'in_uncached',
  'in_cache_read',
  'in_cache_write',
  'out_unsplit',
  'out_visible',
  'out_reasoning',
] as const satisfies readonly ColumnId[];
const OUTSIDE = 'cost-per-token-outside-band';

/** Writes whether the cost of a row is orders of magnitude away from what its tokens cost anywhere; `undefined` where rows cannot be judged. */
export function outsideSql(
  { basis, min, max }: Band,
  columns: readonly ColumnId[],
): string | undefined {
  const cost = COST_COLUMN[basis];
  const leaves = LEAVES.filter((leaf) => columns.includes(leaf));
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

async function outsideBand(
  connection: Connection,
  request: StageRequest,
  staged: StagedFile,
): Promise<{ count: number; rows: readonly QuarantinedRow[] }> {
  const { band } = request.reading;
  const outside = band && outsideSql(band, staged.columns);
  if (outside === undefined) return { count: 0, rows: [] };
  const count = await countRows(connection, `${stagedSql(request.target)} WHERE ${outside}`);
  if (count === 0) return { count, rows: [] };
  const { sql } = rowSql(request.path, request.reading, contextOf(request, 'lines'));
  await connection.run(`CREATE OR REPLACE TEMP TABLE by_line AS ${sql}`);
  const reason = `CASE WHEN reason IS NULL AND ${outside} THEN ${sqlText(OUTSIDE)} END`;
  const found = await badRows(connection, reason);
  const { rows } = await namedRows(connection, placeOf(request), found);
  await connection.run('DROP TABLE by_line');
  // Records that are no rows at all are told with the rows that were left out.
  return { count, rows: rows.filter((one) => one.reason === OUTSIDE) };
}
