import { mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import { type Digest, parsePlainDate, periodOfDates, type PlainDate } from '../core/index.ts';
import { openUsageStore } from './store.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');
const date = (text: string): PlainDate => parsePlainDate(text) ?? ('' as PlainDate);
const plan = tablePlan();
const [of] = plan.exports;
if (of === undefined) throw new Error('no export');
const app = of;

async function filled(count: number) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'compact-')));
  const store = await openUsageStore({ folder }, ports);
  const manifests: Digest[] = [];
  for (let file = 0; file < count; file += 1) {
    const path = join(folder, `part-${file}.csv`);
    // One file fills a column that the others leave empty.
    const seat = file === 0 ? '' : `s${file}`;
    const lines = [0, 1, 2].map(
      (row) =>
        `2026-11-0${row + 7}T12:00:00Z,r-${file}-${row},model-${row},w,${seat},10,1,0.3${file}`,
    );
    await writeFile(path, `${HEADER}\n${lines.join('\n')}\n`);
    const result = await store.importExport({
      export: app,
      plan,
      files: [path],
      current: manifests,
    });
    manifests.push(result.manifest);
  }
  const ask = async (table: readonly Digest[]) =>
    await store.aggregate({
      manifests: table,
      plan,
      period: periodOfDates(date('2026-11-06'), date('2026-11-12'), 'Europe/Berlin'),
      measures: ['requests', 'tokens', 'chargedCost', 'seats'],
      by: ['day', 'model'],
      filter: {},
      include: [],
      asOf: '2026-11-23T09:00:00Z',
    });
  return { folder, store, manifests, ask };
}

it('makes few files of many without changing an answer, and keeps old states readable', async () => {
  const { folder, store, manifests, ask } = await filled(5);
  const before = await ask(manifests);
  const done = await store.compact({ export: 'app', manifests });
  expect(done).toMatchObject({ before: 5, after: 1, rows: 15 });
  const table = [...manifests, done?.loaded.digest].filter((digest) => digest !== undefined);
  expect(await ask(table)).toEqual(before);
  expect(await ask(manifests)).toEqual(before);
  expect((await store.list(table, plan)).map(({ live }) => live)).toEqual([0, 0, 0, 0, 0, 1]);
  expect(await readdir(join(folder, 'usage/temp'))).toEqual([]);
  const [found] = await store.explain({ manifests: table, ref: 'r-3-1' });
  expect(found?.inputs.map(({ name }) => name)).toContain('part-3.csv');
  await store.close();
});

it('still knows every file and every key that came before it', async () => {
  const { folder, store, manifests } = await filled(3);
  const done = await store.compact({ export: 'app', manifests });
  const table = [...manifests, done?.loaded.digest].filter((digest) => digest !== undefined);
  const again = join(folder, 'part-1.csv');
  const same = await store.importExport({ export: app, plan, files: [again], current: table });
  expect(same.kind).toBe('unchanged');
  const path = join(folder, 'overlap.csv');
  await writeFile(
    path,
    `${HEADER}\n2026-11-07T12:00:00Z,r-0-0,model-0,w,s,10,1,0.30\n2026-11-09T13:00:00Z,new,model-0,w,s,1,1,1\n`,
  );
  const next = await store.importExport({ export: app, plan, files: [path], current: table });
  expect(next).toMatchObject({ accepted: 1, duplicate: 1 });
  await store.close();
});

it('does nothing where there is one file, or none', async () => {
  const { store, manifests } = await filled(1);
  expect(await store.compact({ export: 'app', manifests })).toBeUndefined();
  expect(await store.compact({ export: 'app', manifests: [] })).toBeUndefined();
  await store.close();
});

it('stops at a file that was changed', async () => {
  const { folder, store, manifests } = await filled(2);
  await store.close();
  const files = join(folder, 'usage/files');
  const [name = ''] = await readdir(files);
  await writeFile(join(files, name), 'no parquet');
  const next = await openUsageStore({ folder }, ports);
  await expect(next.compact({ export: 'app', manifests })).rejects.toMatchObject({
    code: 'export-unreadable',
  });
  await next.close();
});
