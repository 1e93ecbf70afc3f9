import { createHash } from 'node:crypto';
import { mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { scanFile } from './scan-file.ts';
import { openUsageStore } from './store.ts';

const folderOf = async () => await realpath(await mkdtemp(join(tmpdir(), 'scan-')));
const KEYS = [
  ['sk', 'a'.repeat(32)].join('-'),
  ['gsk', 'a1'.repeat(12)].join('_'),
  ['AIza', 'b'.repeat(35)].join(''),
  ['AKIA', 'ABCDEFGH12345678'].join(''),
];

it.each(KEYS)('finds a key of a known maker (%#)', async (key) => {
  const path = join(await folderOf(), 'x.txt');
  await writeFile(path, `a,b\n${key},1\n`);
  expect((await scanFile(path)).hasKeyShape).toBe(true);
  await writeFile(path, key);
  expect((await scanFile(path)).hasKeyShape).toBe(true);
});

it('finds a key that lies across two chunks, and takes words that go on for none', async () => {
  const path = join(await folderOf(), 'x.txt');
  const [key = ''] = KEYS;
  for (const cut of [1, 3, 20]) {
    await writeFile(path, `${'.'.repeat(1_048_576 - cut)}${key}\n`);
    expect((await scanFile(path)).hasKeyShape).toBe(true);
  }
  const word = 'task-model-with-a-very-long-name';
  await writeFile(path, `${'.'.repeat(1_048_574)}${word} ${word}\n`);
  expect((await scanFile(path)).hasKeyShape).toBe(false);
});

it('tells digest and size of all bytes, and counts lines that are not blank, however they end', async () => {
  const path = join(await folderOf(), 'x.jsonl');
  const line = `{"text":"${'x'.repeat(262_140)}"}`;
  for (const [text, jsonLines] of [
    ['', 0],
    ['{}\r\n \r\n\n{}\r\n', 2],
    [`${line}\n${line}\r\n\t\n${line}`, 3],
    [`\uFEFF${line}\n${' '.repeat(600_000)}\n${line}\n`, 2],
  ] as const) {
    await writeFile(path, text);
    const bytes = Buffer.from(text);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    expect(await scanFile(path)).toMatchObject({ digest, bytes: bytes.length, jsonLines });
  }
});

it('finds a gap of more than a megabyte, and takes none in parts for one', async () => {
  const path = join(await folderOf(), 'x.csv');
  for (const [gaps, hasGap] of [
    [[800_000, 800_000, 800_000], false],
    [[10, 2_000_000], true],
    [[2_000_000, 10], true],
  ] as const) {
    await writeFile(path, gaps.map((bytes) => `a,b\n${'\n'.repeat(bytes)}`).join(''));
    expect((await scanFile(path)).hasGap).toBe(hasGap);
  }
});

it('lets nothing be stored of a file with a key in any column, unless no copy of the file is kept', async () => {
  const folder = await folderOf();
  const state = join(folder, '.spendproof');
  const store = await openUsageStore({ folder: state }, nodePorts('2026-11-23T09:00:00Z'));
  const path = join(folder, 'activity.csv');
  const [key = ''] = KEYS;
  await writeFile(
    path,
    `generation_id,created_at,cost_total,tokens_prompt,tokens_completion,model_permaslug,user\ng,2026-11-09 10:00:00,1,1,1,m,${key}\n`,
  );
  const plan = planOf(`timezone: UTC
exports:
  - { id: kept, adapter: openrouter-activity, path: "exports/*.csv", approved: { by: finops, date: 2026-11-16 } }
  - { id: read, adapter: openrouter-activity, path: "other/*.csv", keep: none, disjoint: true, approved: { by: finops, date: 2026-11-16 } }`);
  const importAs = async (index: number) => {
    const of = plan.exports[index];
    if (of === undefined) throw new Error('no export');
    return await store.importExport({ export: of, plan, files: [path], current: [] });
  };
  await expect(importAs(0)).rejects.toMatchObject({ code: 'leak-blocked' });
  expect(await readdir(join(state, 'usage/files'))).toEqual([]);
  expect(await readdir(join(state, 'inputs'))).toEqual([]);
  expect(await importAs(1)).toMatchObject({ accepted: 1 });
  expect(await readdir(join(state, 'inputs'))).toEqual([]);
  await store.close();
});
