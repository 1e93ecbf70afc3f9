import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { NOW } from '../../test/fixtures/usage/in-store.ts';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { formatDecimal } from '../core/index.ts';
import { openConnection } from './engines/duckdb/connection.ts';
import { sqlPath } from './engines/duckdb/quote.ts';
import { look } from './look.ts';
import { mapFile } from './map-file.ts';
import { openUsageStore } from './store.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'parquet-')));
  path = join(folder, 'rows.parquet');
  const spill = join(folder, 'spill');
  const connection = await openConnection({ files: [], folders: [folder], spill });
  await connection.run(`COPY (SELECT * FROM (VALUES
    (TIMESTAMP '2026-11-09 10:00:00', 'r1', 'm', 100, 20, 120, 0.5),
    (TIMESTAMP '2026-11-09 11:00:00', 'r2', 'm', 10, -2, 8, 0.25),
    (TIMESTAMP '2026-11-09 12:00:00', 'r3', 'm', 10, 2, 12, 0.25))
    AS t(created_at, request_id, model, prompt_tokens, completion_tokens, total_tokens, cost))
    TO ${sqlPath(path)} (FORMAT parquet)`);
  await connection.close();
});

it('proposes a mapping of a Parquet table that reads it, and names the row it leaves out', async () => {
  const { mapping, rows, guessed } = await mapFile(path, nodePorts(NOW));
  expect(rows).toBe(3);
  expect(guessed).toMatchObject({ startAt: 'created_at', input: 'prompt_tokens' });
  if (mapping === null) throw new Error('no mapping');
  expect(mapping.format.kind).toBe('parquet');
  const plan = planOf(`exports:
  - id: app
    adapter: table
    path: e/*.parquet
    table: ${JSON.stringify({
      ...mapping,
      cost: { field: 'cost', unit: 'USD', basis: 'charged' },
    })}
    approved: { by: finops, date: 2026-11-16 }`);
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const store = await openUsageStore({ folder }, nodePorts(NOW));
  const result = await store.importExport({ export: of, plan, files: [path], current: [] });
  expect(result).toMatchObject({ accepted: 2, quarantined: 1 });
  expect(result.quarantinedRows).toMatchObject([{ file: 'rows.parquet', line: 2 }]);
  const [cost] = result.cost;
  expect(cost === undefined || cost.sum.value === null ? '?' : formatDecimal(cost.sum.value)).toBe(
    '0.75',
  );
  await store.close();
});

it('says of a Parquet table without a mapping how to get one', async () => {
  await expect(look([path], { zone: 'UTC' }, nodePorts(NOW))).rejects.toMatchObject({
    code: 'export-unknown',
    content: { hint: expect.stringContaining('spendproof usage map') },
  });
});
