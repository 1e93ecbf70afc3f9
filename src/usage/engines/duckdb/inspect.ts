import { oddReason, outsideSql, OUTSIDE } from './band-sql.ts';
import { badRows, namedRows, QUARANTINE_SHOWN, type QuarantinedRow } from './by-line.ts';
import type { Connection } from './connection.ts';
import { countRows } from './count-rows.ts';
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
  // They were named with the rows that were left out, where there were such: the file is read no second time.
  if (staged.outsideRows !== undefined) return { count, rows: staged.outsideRows };
  const { sql } = rowSql(request.path, request.reading, contextOf(request, 'lines'));
  await connection.run(`CREATE OR REPLACE TEMP TABLE by_line AS ${sql}`);
  const found = await badRows(connection, oddReason(outside));
  const { rows } = await namedRows(connection, placeOf(request), found);
  await connection.run('DROP TABLE by_line');
  // Records that are no rows at all are told with the rows that were left out.
  return { count, rows: rows.filter((one) => one.reason === OUTSIDE) };
}
