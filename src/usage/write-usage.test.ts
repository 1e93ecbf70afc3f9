import { mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { type Digest, formatDecimal, parsePlainDate, periodOfDates } from '../core/index.ts';
import { look } from './look.ts';
import { openUsageStore } from './store.ts';
import type { WriteFormat, WriteRequest } from './write-usage.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');
const plan = planOf(`exports:
  - { id: spend, adapter: litellm-spend-logs, path: "e/*.json", disjoint: true, approved: { by: finops, date: 2026-11-16 } }
  - { id: quota, adapter: cometapi-quota, path: "q/*.json", disjoint: true, approved: { by: finops, date: 2026-11-16 } }`);

/** Imports one file of each export and writes them all. */
async function written(format: WriteFormat, more: Partial<WriteRequest> = {}) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'write-')));
  const store = await openUsageStore({ folder }, ports);
  const manifests: Digest[] = [];
  const files = [
    'test/fixtures/usage/litellm-spend-logs/ok-page/input.json',
    'test/fixtures/usage/cometapi-quota/ok-two-weeks/input.json',
  ];
  for (const [index, of] of plan.exports.entries()) {
    const { manifest } = await store.importExport({
      export: of,
      plan,
      files: [files[index] ?? ''],
      current: manifests,
    });
    manifests.push(manifest);
  }
  const path = join(folder, `out.${format === 'parquet' ? 'parquet' : 'csv'}`);
  const write = async () => await store.write({ manifests, plan, format, path, ...more });
  const result = await write();
  return { path, result, write, store };
}

it('writes FOCUS that sums to the imported charge again, one row per leaf beside it', async () => {
  const { path, result, store } = await written('focus');
  // Three requests and 38 day rows; of the requests two cached leaves and outputs are known.
  expect(result.unknownCost).toBe(1);
  const [back] = await look([path], {}, ports);
  expect(back?.adapter).toBe('focus');
  expect(back?.rows).toBe(result.rows);
  const { chargedCost } = back?.totals ?? {};
  expect(formatDecimal(chargedCost?.value ?? (0n as never))).toBe('323.180225');
  expect((chargedCost?.totalRows ?? 0) - (chargedCost?.knownRows ?? 0)).toBe(1);
  const text = await readFile(path, 'utf8');
  expect(text).toContain('""TokenDirection"":""Input"",""CacheAction"":""Read""');
  await store.close();
});

it.each(['csv', 'parquet'] as const)('writes the store’s own rows as %s', async (format) => {
  const { result, store } = await written(format);
  expect(result).toEqual({ rows: 41, unknownCost: 1 });
  await store.close();
});

it('writes one export, or some days', async () => {
  const one = await written('csv', { export: 'spend' });
  expect(one.result.rows).toBe(3);
  await one.store.close();
  const [from, until] = [parsePlainDate('2026-11-10'), parsePlainDate('2026-11-11')];
  if (from === undefined || until === undefined) throw new Error('no date');
  const some = await written('csv', { period: periodOfDates(from, until, 'UTC') });
  expect(some.result.rows).toBeLessThan(41);
  expect(some.result.rows).toBeGreaterThan(0);
  await some.store.close();
});

it('overwrites nothing', async () => {
  const { path, write, store } = await written('csv');
  await writeFile(path, 'mine');
  await expect(write()).rejects.toMatchObject({ code: 'file-not-writable' });
  expect(await readFile(path, 'utf8')).toBe('mine');
  await store.close();
});
