import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { openUsageStore } from '../../src/usage/index.ts';

const ROWS = 1_000_000;
const PLAN = `exports:
  - id: app
    adapter: table
    path: rows.csv
    zone: UTC
    table:
      format: { kind: csv, delimiter: ",", header: [ts, request, model, workload, seat, in, out, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request, modelRequested: model, workload: workload, userRef: seat }
      tokens: { input: in, output: out }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-16 }
`;

/** Does one piece of the bench and writes its time and this process's peak memory to stdout. */
export async function work(what: 'generate' | 'bare' | 'import', folder: string): Promise<void> {
  const csv = join(folder, 'rows.csv');
  const ms = await { generate, bare, import: importRows }[what](csv, folder);
  process.stdout.write(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024 }));
}

async function generate(csv: string): Promise<number> {
  return await timed(
    `COPY (SELECT strftime(TIMESTAMP '2026-10-01' + INTERVAL (i * 2) SECOND, '%Y-%m-%dT%H:%M:%SZ') AS ts,
      'req-' || i AS request, 'model-' || (i % 7) AS model, 'wl-' || (i % 3) AS workload, 'seat-' || (i % 50) AS seat,
      i % 1000 AS "in", i % 300 AS "out", ((i % 977) / 10000)::DECIMAL(10, 6) AS usd
      FROM range(${ROWS}) t(i)) TO '${csv}' (HEADER)`,
  );
}

async function bare(csv: string, folder: string): Promise<number> {
  return await timed(
    `COPY (SELECT * FROM read_csv('${csv}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
      columns = {ts: 'TIMESTAMP', request: 'VARCHAR', model: 'VARCHAR', workload: 'VARCHAR', seat: 'VARCHAR',
        "in": 'BIGINT', "out": 'BIGINT', usd: 'DECIMAL(38,18)'}))
     TO '${join(folder, 'bare.parquet')}' (FORMAT parquet, COMPRESSION zstd)`,
  );
}

async function timed(sql: string): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    preserve_insertion_order: 'false',
  });
  const connection = await instance.connect();
  const start = performance.now();
  await connection.run(sql);
  return performance.now() - start;
}

async function importRows(csv: string, folder: string): Promise<number> {
  const state = join(folder, 'state');
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state);
  const plan = planOf(PLAN);
  const store = await openUsageStore({ folder: state }, nodePorts('2026-11-23T09:00:00Z'));
  const [only] = plan.exports;
  if (only === undefined) throw new Error('The plan has no export');
  // The bare reference has its engine loaded; so has the import.
  await (await DuckDBInstance.create(':memory:')).connect();
  const start = performance.now();
  const result = await store.importExport({ export: only, plan, files: [csv], current: [] });
  const ms = performance.now() - start;
  if (result.accepted !== ROWS) throw new Error(`Expected ${ROWS} rows, got ${result.accepted}`);
  await store.close();
  return ms;
}
