import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { markBest } from './best-rows.ts';
import { type Connection, openConnection } from './connection.ts';

const ROWS = `SELECT i AS position, nullif('k' || (i * 7919) % 41, 'k3') AS key_1, (i * 31) % 5 AS first,
  CASE WHEN i % 3 > 0 THEN (i * 17) % 7 END AS second FROM range(600) AS t(i)`;
const BEST = {
  key: ['key_1'],
  order: [
    { sql: 'first', way: 'desc' },
    { sql: 'second', way: 'asc' },
    { sql: 'hash(position)', way: 'asc' },
  ],
} as const;

async function withRows<T>(use: (connection: Connection) => Promise<T>): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'best-')));
  const spill = join(folder, 'spill');
  const connection = await openConnection({ files: [], folders: [folder], spill });
  try {
    await connection.run(`CREATE TEMP VIEW staged AS ${ROWS}`);
    return await use(connection);
  } finally {
    await connection.close();
  }
}

const found = async (connection: Connection, where: string) =>
  await connection.rows(
    `SELECT CAST(position AS VARCHAR) AS at FROM staged ${where} ORDER BY position`,
  );

it.each([
  [1000, 41],
  [100, 41],
  [7, 41],
  // Most rows have a key of their own.
  [1000, 590],
  [100, 590],
] as const)(
  'takes the row of each key that a window would rank first, %i in a step, of %i keys',
  async (rowsMax, keys) => {
    await withRows(async (connection) => {
      await connection.run(
        `CREATE OR REPLACE TEMP VIEW staged AS ${ROWS.replace('41', String(keys))}`,
      );
      const isBest = await markBest(connection, { ...BEST, rowsMax });
      const best = await found(connection, `WHERE ${isBest}`);
      expect(best).toHaveLength(keys);
      const window = `QUALIFY row_number() OVER (PARTITION BY key_1 ORDER BY first DESC, second, hash(position)) = 1`;
      expect(best).toEqual(await found(connection, window));
    });
  },
);

it('goes on in smaller steps where memory runs out, and throws what they do not help', async () => {
  await withRows(async (connection) => {
    let inserts = 0;
    const poor = (fails: () => boolean): Connection => ({
      ...connection,
      run: async (sql) => {
        if (sql.startsWith('INSERT')) inserts += 1;
        if (sql.startsWith('INSERT') && fails()) throw new Error('Out of Memory Error: no block');
        await connection.run(sql);
      },
    });
    const isBest = await markBest(connection, BEST);
    const best = await found(connection, `WHERE ${isBest}`);
    // The second of two steps fails too, when the first has left rows behind.
    await markBest(
      poor(() => inserts === 1 || inserts === 3),
      BEST,
    );
    expect(inserts).toBe(3 + 4);
    expect(await found(connection, `WHERE ${isBest}`)).toEqual(best);
    await expect(
      markBest(
        poor(() => true),
        BEST,
      ),
    ).rejects.toThrow(/Out of Memory/);
    const broken = { ...BEST, order: [{ sql: 'nothing', way: 'asc' }] } as const;
    await expect(markBest(connection, broken)).rejects.toThrow(/nothing/);
  });
});
