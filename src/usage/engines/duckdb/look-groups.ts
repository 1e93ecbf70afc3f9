import { told } from '../../../core/index.ts';
import type { MeasureId } from '../../../plan/index.ts';
import type { LookResult, Sums } from '../../look-result.ts';
import type { Connection, SqlRow } from './connection.ts';
import { type Filled, measuredOf } from './measure-sql.ts';
import { textAt } from './text-at.ts';

/** What is asked of every file: rows with `look_file`, and a list of sums over the measures. */
export interface GroupInput {
  readonly from: string;
  readonly list: string;
  readonly measures: readonly MeasureId[];
  readonly filled: Filled;
}

const DIMENSION_COLUMNS = [
  ['model', 'model'],
  ['key', 'key_ref'],
  ['project', 'project_ref'],
] as const;
const GROUPS_MAX = 50;

/** Sums every file by the first dimension that it has; a file that has none is not there. */
export async function groupsOf(
  connection: Connection,
  { from, list, measures, filled }: GroupInput,
): Promise<ReadonlyMap<string, LookResult['by']>> {
  const found = new Map<string, LookResult['by']>();
  for (const [dimension, column] of DIMENSION_COLUMNS) {
    if (!filled.columns.has(column)) continue;
    const rows = await connection.rows(
      `SELECT look_file, ${column} AS name, ${list} FROM ${from} GROUP BY look_file, ${column} ORDER BY look_file, ${column}`,
    );
    for (const [file, ofFile] of rowsByFile(rows)) {
      if (found.has(file) || ofFile.every((row) => row['name'] === '*')) continue;
      found.set(file, { dimension, ...shown(ofFile, measures) });
    }
  }
  return found;
}

function shown(rows: readonly SqlRow[], measures: readonly MeasureId[]) {
  const groups = rows
    .map((row) => ({
      name: row['name'] ?? null,
      rows: Number(row['row_count']),
      sums: sumsOf(measures, row),
    }))
    .toSorted(
      (left, right) => Number(weight(right.sums) - weight(left.sums)) || right.rows - left.rows,
    );
  return { groups: groups.slice(0, GROUPS_MAX), more: Math.max(0, groups.length - GROUPS_MAX) };
}

const weight = (sums: Sums): bigint =>
  sums.chargedCost?.value ?? sums.tokens?.value ?? sums.requests?.value ?? 0n;

/** Reads the sums of one row of an answer. */
export const sumsOf = (measures: readonly MeasureId[], row: SqlRow): Sums =>
  Object.fromEntries(measures.map((measure) => [measure, told(measuredOf(measure, row))]));

/** Parts the rows of an answer by `look_file`, in their order. */
export function rowsByFile(rows: readonly SqlRow[]): ReadonlyMap<string, readonly SqlRow[]> {
  const files = new Map<string, SqlRow[]>();
  for (const row of rows) {
    const file = textAt(row, 'look_file');
    const known = files.get(file);
    if (known === undefined) files.set(file, [row]);
    else known.push(row);
  }
  return files;
}
