import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, openConnection } from './connection.ts';
import { sumImport } from './import-sums.ts';

let folder: string;
let connection: Connection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sums-'));
  connection = await openConnection({ files: [], folders: [folder], spill: join(folder, 'spill') });
});
afterAll(async () => {
  await connection.close();
  await rm(folder, { recursive: true });
});

/** Sums of as many rows of the largest amount that is admitted. */
async function sumsOf(rows: number) {
  const path = join(folder, `${rows}.parquet`);
  await connection.run(
    `COPY (SELECT TIMESTAMP '2026-11-09 10:00:00' AS start_at, CAST(999999999999999 AS DECIMAL(38,18)) AS cost_charged
      FROM range(${rows})) TO '${path}' (FORMAT parquet)`,
  );
  return await sumImport(connection, [path], ['start_at', 'cost_charged'], {
    counts: [],
    currency: 'USD',
  });
}

it.each([150_000, 200_000])(
  'says so where %i rows add up to more than the store holds',
  async (rows) => {
    await expect(sumsOf(rows)).rejects.toMatchObject({
      code: 'export-unreadable',
      message: 'The rows add up to a number of more than 20 digits',
    });
  },
);

it('sums up to that', async () => {
  const { cost } = await sumsOf(100_000);
  expect(cost[0]?.sum.value).toBe(99_999_999_999_999_900_000n * 10n ** 18n);
});
