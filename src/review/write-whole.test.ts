import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { writeWhole } from './write-whole.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

it('lets any number of writers of one file write it at once, and leaves nothing else behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spendproof-whole-'));
  folders.push(folder);
  const path = join(folder, 'inputs', 'plan.json.gz');
  const text = 'x'.repeat(200_000);
  await Promise.all(Array.from({ length: 20 }, async () => await writeWhole(path, text, 0o600)));
  expect(await readFile(path, 'utf8')).toBe(text);
  expect(await readdir(join(folder, 'inputs'))).toEqual(['plan.json.gz']);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});
