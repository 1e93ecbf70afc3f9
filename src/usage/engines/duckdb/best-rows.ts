import type { Connection } from './connection.ts';
import { countRows } from './count-rows.ts';

/** Which row of each key of the view `staged` is the best. */
export interface BestOf {
  readonly key: readonly string[];
  /** Expressions in the order in which they count, the best row first; each is never null or null last. */
  readonly order: readonly { readonly sql: string; readonly way: 'asc' | 'desc' }[];
  /** As many rows as are compared in one step, lest memory run out; default: 3,000,000. */
  readonly rowsMax?: number;
}

/** Half of them have a key of their own and fit; more of them, and it takes two steps. */
const ROWS_MAX = 3_000_000;
const STEPS_MAX = 1024;

/**
 * Finds the best row of each key by its position: nothing but keys and ranks is compared, and no row is moved. A window over
 * whole rows takes twice the time.
 *
 * Of many rows one share of the keys is compared after the other: what the engine knows of a group stays in memory.
 *
 * @returns a test of one row of `staged`.
 */
export async function markBest(connection: Connection, best: BestOf): Promise<string> {
  const rows = await countRows(connection, 'staged');
  let steps = Math.max(1, Math.ceil(rows / (best.rowsMax ?? ROWS_MAX)));
  while (!(await areMarked(connection, best, steps))) steps *= 2;
  if ((await countRows(connection, 'best_rows')) * 2 <= rows)
    return 'position IN (SELECT position FROM best_rows)';
  // Whole rows are looked up among few positions: among millions of them they would be moved to the disk first.
  await connection.run(
    'CREATE OR REPLACE TEMP TABLE lost_rows AS SELECT position FROM staged WHERE position NOT IN (SELECT position FROM best_rows)',
  );
  return 'position NOT IN (SELECT position FROM lost_rows)';
}

/** @returns `false` where memory ran out and smaller steps may do. */
async function areMarked(
  connection: Connection,
  { key, order }: BestOf,
  steps: number,
): Promise<boolean> {
  const keys = key.join(', ');
  const rank = `create_sort_key(${order.map(({ sql, way }) => `${sql}, '${way} nulls last'`).join(', ')})`;
  await connection.run('CREATE OR REPLACE TEMP TABLE best_rows (position BIGINT)');
  try {
    for (let step = 0; step < steps; step += 1) {
      const share = steps === 1 ? '' : `WHERE hash(${keys}) % ${steps} = ${step}`;
      await connection.run(
        `INSERT INTO best_rows SELECT arg_min(position, ${rank}) FROM staged ${share} GROUP BY ${keys}`,
      );
    }
    return true;
  } catch (error) {
    if (steps < STEPS_MAX && error instanceof Error && /Out of Memory/.test(error.message))
      return false;
    throw error;
  }
}
