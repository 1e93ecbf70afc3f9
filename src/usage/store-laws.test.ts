import { spawn, spawnSync } from 'node:child_process';
import { once as eventOf } from 'node:events';
import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import {
  addDays,
  type Digest,
  formatDecimal,
  parsePlainDate,
  periodOfDates,
  type PlainDate,
} from '../core/index.ts';
import { openUsageStore } from './store.ts';
import type { UsageStore } from './store-types.ts';

const NOW = '2026-11-23T09:00:00Z';
const plan = tablePlan();
const [app] = plan.exports;
if (app === undefined) throw new Error('no export');
const of = app;

const row = fc.record({
  minute: fc.nat({ max: 4 * 1440 - 1 }),
  model: fc.constantFrom('model-a', 'model-b', ''),
  input: fc.option(fc.nat({ max: 5000 })),
  atto: fc.option(fc.bigInt({ min: 0n, max: 10n ** 20n })),
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;
const table = fc.array(row, { minLength: 1, maxLength: 12 });

const money = (atto: bigint | null) => (atto === null ? '' : formatDecimal(atto as never));
const lineOf = ({ minute, model, input, atto }: Row, id: number) => {
  const at = new Date(Date.UTC(2026, 10, 9) + minute * 60_000).toISOString().replace('.000', '');
  return `${at},r${id},${model},w,s,${input ?? ''},${input === null ? '' : 1},${money(atto)}`;
};

async function inStore<T>(step: (store: UsageStore, folder: string) => Promise<T>): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'laws-')));
  const store = await openUsageStore({ folder }, nodePorts(NOW));
  try {
    return await step(store, folder);
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function importLines(
  store: UsageStore,
  folder: string,
  parts: readonly (readonly string[])[],
): Promise<Digest[]> {
  const manifests: Digest[] = [];
  for (const [index, lines] of parts.entries()) {
    const path = join(folder, `part-${index}.csv`);
    await writeFile(path, `${HEADER}\n${lines.join('\n')}\n`);
    const result = await store.importExport({
      export: of,
      plan,
      files: [path],
      current: manifests,
    });
    if (result.kind === 'imported') manifests.push(result.manifest);
  }
  return manifests;
}

const dateOf = (text: string): PlainDate => parsePlainDate(text) ?? ('' as PlainDate);
const first = dateOf('2026-11-09');

async function answerOf(
  store: UsageStore,
  manifests: readonly Digest[],
  [from, days]: readonly [number, number] = [0, 5],
) {
  const start = addDays(first, from);
  const answer = await store.aggregate({
    manifests,
    plan,
    period: periodOfDates(start, addDays(start, days), 'Europe/Berlin'),
    measures: ['requests', 'tokens', 'chargedCost'],
    by: ['model'],
    filter: {},
    include: [],
    asOf: NOW,
  });
  return { rows: answer.rows, total: answer.total, days: answer.days };
}

const once = { numRuns: 6 };

test.prop([table, fc.nat()], once)(
  'a table is the same whole, split anywhere, in any order, and told twice',
  async (rows, cut) => {
    const lines = rows.map(lineOf);
    const at = cut % (lines.length + 1);
    const halves = [lines.slice(0, at), lines.slice(at)].filter((part) => part.length > 0);
    const whole = await inStore(
      async (store, folder) => await answerOf(store, await importLines(store, folder, [lines])),
    );
    const orders = [halves, halves.toReversed(), [...halves, lines], [lines, ...halves]];
    for (const parts of orders) {
      const split = await inStore(
        async (store, folder) => await answerOf(store, await importLines(store, folder, parts)),
      );
      expect(split).toEqual(whole);
    }
  },
);

test.prop([table], once)('days add up to their range, and groups to the total', async (rows) => {
  await inStore(async (store, folder) => {
    const manifests = await importLines(store, folder, [rows.map(lineOf)]);
    const range = await answerOf(store, manifests);
    let sum = 0n;
    for (let day = 0; day < 5; day += 1) {
      const one = await answerOf(store, manifests, [day, 1]);
      sum += one.total.measures.chargedCost?.value ?? 0n;
    }
    const expected = rows.reduce((total, { atto }) => total + (atto ?? 0n), 0n);
    expect(sum).toBe(expected);
    expect(range.total.measures.chargedCost?.value ?? 0n).toBe(expected);
    expect(
      range.rows.reduce((total, { measures }) => total + (measures.chargedCost?.value ?? 0n), 0n),
    ).toBe(expected);
    expect(range.total.measures.chargedCost?.knownRows).toBe(
      rows.filter(({ atto }) => atto !== null).length,
    );
  });
});

const IMPORTER = `
  import { openUsageStore } from ${JSON.stringify(resolve('src/usage/index.ts'))};
  import { nodePorts } from ${JSON.stringify(resolve('test/fixtures/usage/node-ports.ts'))};
  import { tablePlan } from ${JSON.stringify(resolve('test/fixtures/usage/table-plan.ts'))};
  const [folder, file] = process.argv.slice(2);
  const plan = tablePlan();
  const store = await openUsageStore({ folder }, nodePorts('${NOW}'));
  process.stdout.write('started');
  await store.importExport({ export: plan.exports[0], plan, files: [file], current: [] }).then(
    (result) => process.stdout.write(String(result.accepted)),
    (error) => { process.stdout.write(String(error.code)); process.exitCode = error.exit; });
  await store.close();`;

/** Builds a program that imports one file, beside the sources so that it finds its packages. */
async function withImporter(step: (script: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(resolve('src/usage'), '.importer-'));
  try {
    const outfile = join(folder, 'importer.mjs');
    await build({
      stdin: { contents: IMPORTER, resolveDir: '.', loader: 'ts' },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      logLevel: 'error',
    });
    await step(outfile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const DIE_AT_FILE = resolve('test/fixtures/die-at-file.cjs');

const manyLines = (count: number) =>
  Array.from({ length: count }, (_, id) =>
    lineOf({ minute: id % 5000, model: `model-a`, input: id, atto: BigInt(id) }, id),
  );

it('is all or nothing when its process is killed in the middle', async () => {
  await withImporter(async (script) => {
    await inStore(async (store, folder) => {
      const file = join(folder, 'many.csv');
      await writeFile(file, `${HEADER}\n${manyLines(50_000).join('\n')}\n`);
      const temp = join(folder, 'usage/temp');
      const env = { ...process.env, DIE_BELOW: temp, DIE_AT_FILE: 'stage-', DIE_OF: 'SIGKILL' };
      const argv = ['--require', DIE_AT_FILE, script, folder, file];
      const child = spawn(process.execPath, argv, { env, stdio: 'ignore' });
      expect(await eventOf(child, 'exit')).toEqual([null, 'SIGKILL']);
      expect(await readdir(temp)).toHaveLength(1);
      expect(await readdir(join(folder, 'usage/manifests'))).toEqual([]);
      const next = await openUsageStore({ folder }, nodePorts(NOW));
      expect(await readdir(temp)).toEqual([]);
      const result = await next.importExport({ export: of, plan, files: [file], current: [] });
      expect(result.accepted).toBe(50_000);
      await next.close();
      expect(await answerOf(store, [result.manifest])).toBeDefined();
    });
  });
});

const mounts = (folder: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]).status === 0;

it('ends with `disk-full` on a disk that really is (skipped where no small disk can be mounted)', async (context) => {
  const disk = await realpath(await mkdtemp(join(tmpdir(), 'disk-')));
  if (!mounts(disk)) context.skip();
  try {
    const file = join(tmpdir(), `many-${process.pid}.csv`);
    await writeFile(file, `${HEADER}\n${manyLines(400_000).join('\n')}\n`);
    const store = await openUsageStore({ folder: disk }, nodePorts(NOW));
    await expect(
      store.importExport({ export: of, plan, files: [file], current: [] }),
    ).rejects.toMatchObject({ code: 'disk-full' });
    expect(await readdir(join(disk, 'usage/manifests'))).toEqual([]);
    expect(await readdir(join(disk, 'usage/temp'))).toEqual([]);
    await store.close();
    await rm(file);
  } finally {
    spawnSync('umount', ['--lazy', disk]);
  }
});

it('lets many readers ask while one writes', async () => {
  await inStore(async (store, folder) => {
    const before = await importLines(store, folder, [manyLines(50)]);
    const expected = await answerOf(store, before);
    const file = join(folder, 'more.csv');
    await writeFile(file, `${HEADER}\n${manyLines(20_000).join('\n')}\n`);
    const readers = await Promise.all(
      Array.from({ length: 4 }, async () => await openUsageStore({ folder }, nodePorts(NOW))),
    );
    const writing = store.importExport({ export: of, plan, files: [file], current: before });
    for (let turn = 0; turn < 3; turn += 1) {
      const answers = await Promise.all(
        readers.map(async (reader) => await answerOf(reader, before)),
      );
      for (const answer of answers) expect(answer).toEqual(expected);
    }
    expect(await writing).toMatchObject({ accepted: 19_950, duplicate: 50 });
    await Promise.all(readers.map(async (reader) => await reader.close()));
  });
});
