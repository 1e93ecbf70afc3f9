import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RecordOf } from '../../src/evidence/index.ts';
import {
  compactUsage,
  importExport,
  manifestsOf,
  openUsage,
  openWorkspace,
} from '../../src/review/index.ts';
import { findFiles, type UsageStore } from '../../src/usage/index.ts';
import { type Bench, openBench } from './harness.ts';

const PLAN = `version: 1
timezone: UTC
owner: finops
exports:
  - id: app
    adapter: table
    path: "exports/*.csv"
    zone: UTC
    table:
      format: { kind: csv, delimiter: ",", header: [ts, request, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-01 }
  - id: sessions
    adapter: claude-code-sessions
    path: "sessions/*.jsonl"
    zone: UTC
    disjoint: true
    approved: { by: finops, date: 2026-11-01 }
`;

async function project(): Promise<Bench> {
  const bench = await openBench('2026-11-23T08:00:00Z');
  await writeFile(join(bench.folder, 'spendproof.yaml'), PLAN);
  await mkdir(join(bench.folder, 'exports'));
  await mkdir(join(bench.folder, 'sessions'));
  expect((await bench.run('init', '--yes')).exit).toBe(0);
  return bench;
}

const write = async ({ folder }: Bench, first: number, count: number) => {
  for (let file = first; file < first + count; file += 1) {
    const rows = `2026-11-17T12:00:00Z,r-${file},0.25\n2026-11-18T12:00:00Z,s-${file},0.5\n`;
    await writeFile(join(folder, `exports/${file}.csv`), `ts,request,usd\n${rows}`);
  }
};

async function opened(bench: Bench) {
  const ports = bench.ports();
  const workspace = await openWorkspace(
    { cwd: bench.folder, config: undefined, operator: undefined },
    ports,
  );
  const store = await openUsage(workspace);
  const [app] = workspace.plan.exports;
  if (app === undefined) throw new Error('no export');
  const imports = async (): Promise<RecordOf<'import'>[]> =>
    (await workspace.ledger.records({ kind: 'import' })).map(({ body }) => body);
  return { workspace, store, app, imports, ports };
}

const live = async ({ workspace, store }: Awaited<ReturnType<typeof opened>>) =>
  (await store.list(await manifestsOf(workspace), workspace.plan)).reduce(
    (sum, one) => sum + one.live,
    0,
  );

const total = async (bench: Bench) => {
  const asked = await bench.run(
    'usage',
    'aggregate',
    '--from',
    '2026-11-16',
    '--until',
    '2026-11-23',
    '--measures',
    'requests,chargedCost',
    '--json',
  );
  expect(asked.exit).toBe(0);
  return (JSON.parse(asked.stdout) as { data: { total: unknown } }).data.total;
};

it('ends an import of many small files with few, and everything is derived again', async () => {
  const bench = await project();
  await write(bench, 0, 64);
  expect((await bench.run('usage', 'import', 'app')).exit).toBe(0);
  const before = await opened(bench);
  expect((await before.imports()).map(({ inputs }) => inputs.length)).toEqual([32, 32]);
  expect(await live(before)).toBe(64);
  await write(bench, 64, 1);
  expect((await bench.run('usage', 'import', 'app')).exit).toBe(0);
  const after = await opened(bench);
  expect((await after.imports()).at(-1)).toMatchObject({ inputs: [], compacted: 'small' });
  expect(await live(after)).toBe(1);
  const sums = await total(bench);
  expect(sums).toMatchObject({ measures: { requests: { value: '130' } } });
  await write(bench, 65, 1);
  expect((await bench.run('usage', 'import', 'app')).exit).toBe(0);
  expect((await bench.run('usage', 'compact', 'app')).stdout).toMatch(
    /2 files are 1 now, 132 rows/,
  );
  const again = await bench.run('reproduce', '--all');
  expect(again.stdout).toMatch(/^9 records: 6 the same from their inputs/);
  expect(again.exit).toBe(0);
});

it('makes a compaction again on the newer table when an import came first', async () => {
  const bench = await project();
  await write(bench, 0, 3);
  await bench.run('usage', 'import', 'app');
  const { workspace, store, app, imports } = await opened(bench);
  const racing: UsageStore = {
    ...store,
    compact: async (request) => {
      const done = await store.compact(request);
      if ((await imports()).length === 1) {
        await write(bench, 3, 1);
        await bench.run('usage', 'import', 'app');
      }
      return done;
    },
  };
  expect(await compactUsage(workspace, racing, app)).toMatchObject({
    before: 4,
    after: 1,
    rows: 8,
  });
  expect((await imports()).map(({ compacted }) => compacted)).toEqual([
    undefined,
    undefined,
    'all',
  ]);
  expect(await total(bench)).toMatchObject({ measures: { requests: { value: '8' } } });
});

it('reads again when a compaction or the same import came first, and counts no row twice', async () => {
  const bench = await project();
  await write(bench, 0, 3);
  await bench.run('usage', 'import', 'app');
  await write(bench, 3, 2);
  const { workspace, store, app, imports, ports } = await opened(bench);
  const commands = [
    ['usage', 'compact', 'app'],
    ['usage', 'import', 'app'],
  ];
  const racing: UsageStore = {
    ...store,
    importExport: async (request) => {
      const done = await store.importExport(request);
      const [command] = commands.splice(0, 1);
      if (command !== undefined) await bench.run(...command);
      return done;
    },
  };
  const files = await findFiles(bench.folder, app.path);
  const done = await importExport(workspace, racing, {
    export: app,
    files,
    now: ports.clock.now(),
  });
  expect(done.map(({ result, record }) => [result.kind, record])).toEqual([
    ['unchanged', undefined],
  ]);
  expect((await imports()).map(({ accepted }) => accepted)).toEqual([6, 0, 4]);
  expect(await total(bench)).toMatchObject({ measures: { requests: { value: '10' } } });
});

it('records a folder of more files than a record names, and derives it again', async () => {
  const bench = await project();
  for (let file = 0; file < 40; file += 1) {
    const line = (output: number) =>
      JSON.stringify({
        timestamp: '2026-11-17T10:00:00Z',
        requestId: `q-${file}`,
        message: { id: `m-${file}`, model: 'm', usage: { input_tokens: 1, output_tokens: output } },
      });
    await writeFile(join(bench.folder, `sessions/${file}.jsonl`), `${line(1)}\n${line(9)}\n`);
  }
  expect((await bench.run('usage', 'import', 'sessions')).exit).toBe(0);
  const { imports } = await opened(bench);
  expect(await imports()).toMatchObject([{ inputs: [], files: 40, accepted: 40, duplicate: 40 }]);
  const again = await bench.run('reproduce', '--all');
  expect(again.stdout).toMatch(/^4 records: 1 the same from their inputs/);
  expect(again.exit).toBe(0);
});
