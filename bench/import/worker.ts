import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { type Digest, parseDigest } from '../../src/core/index.ts';
import { openUsageStore } from '../../src/usage/index.ts';

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

/** One piece of the bench: what is done, where, and over how many rows. */
export interface Piece {
  readonly what: 'generate' | 'bare' | 'import' | 'dedup';
  readonly folder: string;
  readonly rows: number;
}

/** Does one piece and writes its time and this process's peak memory to stdout. */
export async function work(piece: Piece): Promise<void> {
  const steps = { generate, bare, import: importFirst, dedup: importSecond };
  const ms = await steps[piece.what](piece);
  process.stdout.write(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024 }));
}

/** Two files with no request in common: `stored.csv` is there before `rows.csv` comes. */
async function generate({ folder, rows }: Piece): Promise<number> {
  const file = async (name: string, first: number) =>
    await timed(
      `COPY (SELECT strftime(TIMESTAMP '2026-10-01' + INTERVAL (i) SECOND, '%Y-%m-%dT%H:%M:%SZ') AS ts,
      'req-' || i AS request, 'model-' || (i % 7) AS model, 'wl-' || (i % 3) AS workload, 'seat-' || (i % 50) AS seat,
      i % 1000 AS "in", i % 300 AS "out", ((i % 977) / 10000)::DECIMAL(10, 6) AS usd
      FROM range(${first}, ${first + rows}) t(i)) TO '${join(folder, name)}' (HEADER)`,
    );
  const ms = await file('rows.csv', rows);
  await file('stored.csv', 0);
  // What the store holds before the second import is made once, not in every round.
  const stored = await importInto(join(folder, 'stored'), join(folder, 'stored.csv'), {
    rows,
    current: [],
  });
  writeFileSync(join(folder, 'stored.txt'), stored.manifest);
  return ms;
}

async function bare({ folder }: Piece): Promise<number> {
  return await timed(
    `COPY (SELECT * FROM read_csv('${join(folder, 'rows.csv')}', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
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

async function importFirst({ folder, rows }: Piece): Promise<number> {
  const state = join(folder, 'state');
  rmSync(state, { recursive: true, force: true });
  return (await importInto(state, join(folder, 'rows.csv'), { rows, current: [] })).ms;
}

/** Imports into a store that holds as many rows already, none of them the same. */
async function importSecond({ folder, rows }: Piece): Promise<number> {
  const state = join(folder, 'stored');
  const manifest = readFileSync(join(folder, 'stored.txt'), 'utf8');
  const current = [parseDigest(manifest)].filter((digest) => digest !== undefined);
  return (await importInto(state, join(folder, 'rows.csv'), { rows, current })).ms;
}

async function importInto(
  state: string,
  csv: string,
  { rows, current }: { readonly rows: number; readonly current: readonly Digest[] },
): Promise<{ readonly ms: number; readonly manifest: Digest }> {
  mkdirSync(state, { recursive: true });
  const plan = planOf(PLAN);
  const store = await openUsageStore({ folder: state }, nodePorts('2027-11-23T09:00:00Z'));
  const [only] = plan.exports;
  if (only === undefined) throw new Error('The plan has no export');
  // The bare reference has its engine loaded; so has the import.
  await (await DuckDBInstance.create(':memory:')).connect();
  const start = performance.now();
  const result = await store.importExport({ export: only, plan, files: [csv], current });
  const ms = performance.now() - start;
  if (result.accepted !== rows) throw new Error(`Expected ${rows} rows, got ${result.accepted}`);
  await store.close();
  return { ms, manifest: result.manifest };
}
