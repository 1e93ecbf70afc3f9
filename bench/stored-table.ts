import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Digest } from '../src/core/index.ts';
import type { Plan } from '../src/plan/index.ts';
import { openUsageStore } from '../src/usage/index.ts';
import { nodePorts } from '../test/fixtures/usage/node-ports.ts';
import { planOf } from '../test/fixtures/usage/plans.ts';

const BATCH = 32;
const PLAN = `timezone: Europe/Berlin
owners: [{ id: finops }, { id: web }, { id: ops }]
exports:
  - id: app
    adapter: table
    path: "*.csv"
    zone: UTC
    table:
      format: { kind: csv, delimiter: ",", header: [ts, request, model, workload, in, out, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request, modelRequested: model, workload: workload }
      tokens: { input: in, output: out }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-16 }
allocation:
  rules:
    - { when: { workload: [wl-0] }, workload: wl-0, owner: web }
    - { when: { workload: [wl-1] }, workload: wl-1, owner: ops }
    - { when: { workload: [wl-2] }, workload: wl-2, owner: finops }
`;

/** How large a table is, from how many files it is imported, and whether imports end with a compaction, as `review` ends them. */
interface TableSize {
  readonly rows: number;
  readonly files: number;
  readonly filesMax?: number;
}

/** A store with a table of rows over 116 days at most, imported from so many files. */
export async function storedTable(
  folder: string,
  { rows, files, filesMax }: TableSize,
): Promise<{ readonly plan: Plan; readonly manifests: readonly Digest[] }> {
  const plan = planOf(PLAN);
  const [only] = plan.exports;
  if (only === undefined) throw new Error('The plan has no export');
  const store = await openUsageStore({ folder }, nodePorts('2027-11-23T09:00:00Z'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const manifests: Digest[] = [];
  const inputs = join(folder, 'csv');
  mkdirSync(inputs);
  const each = Math.ceil(rows / files);
  // As many files as one import takes, so that a thousand do not take a thousand imports.
  for (let first = 0; first < files; first += BATCH) {
    const paths: string[] = [];
    for (let file = first; file < Math.min(files, first + BATCH); file += 1) {
      const path = join(inputs, `rows-${file}.csv`);
      await connection.run(
        `COPY (SELECT strftime(TIMESTAMP '2026-10-01' + INTERVAL (i) SECOND, '%Y-%m-%dT%H:%M:%SZ') AS ts,
           'req-' || i AS request, 'model-' || (i % 7) AS model, 'wl-' || (i % 3) AS workload,
           i % 1000 AS "in", i % 300 AS "out", ((i % 977) / 10000)::DECIMAL(10, 6) AS usd
         FROM range(${file * each}, ${(file + 1) * each}) t(i)) TO '${path}' (HEADER)`,
      );
      paths.push(path);
    }
    const result = await store.importExport({
      export: only,
      plan,
      files: paths,
      current: [...manifests],
    });
    manifests.push(result.manifest);
    if (filesMax === undefined) continue;
    const few = { export: only.id, manifests, which: 'small', filesMin: filesMax + 1 } as const;
    const done = await store.compact(few);
    if (done !== undefined) manifests.push(done.loaded.digest);
  }
  const parquet = join(folder, 'usage', 'files');
  const [first] = readdirSync(parquet);
  if (files === 1 && first !== undefined) {
    copyFileSync(join(parquet, first), join(folder, 'bare.parquet'));
  }
  await store.close();
  return { plan, manifests };
}
