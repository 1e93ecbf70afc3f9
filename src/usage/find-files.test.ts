import { mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { findFiles } from './find-files.ts';

let root: string;
beforeAll(async () => {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'find-')));
  root = join(base, 'project');
  const outside = join(base, 'outside');
  for (const folder of ['exports/a/b', 'exports/.hidden', '.git/exports', 'node_modules/x']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await mkdir(outside);
  const files = [
    'exports/2.json',
    'exports/10.json',
    'exports/x.csv',
    'exports/a/3.json',
    'exports/a/b/4.json',
  ];
  for (const file of [
    ...files,
    'exports/.secret.json',
    '.git/exports/5.json',
    'exports/.hidden/6.json',
  ]) {
    await writeFile(join(root, file), '{}');
  }
  await writeFile(join(outside, 'away.json'), '{}');
  await symlink(join(outside, 'away.json'), join(root, 'exports/away.json'));
  await symlink(outside, join(root, 'exports/away'));
  await symlink(join(root, 'exports'), join(root, 'exports/a/loop'));
  await symlink(join(root, 'nowhere'), join(root, 'exports/dangling.json'));
});

const found = async (pattern: string) =>
  (await findFiles(root, pattern)).map((path) => relative(root, path));

it('finds part of one name, sorted, without links that lead away or dangle', async () => {
  expect(await found('exports/*.json')).toEqual(['exports/10.json', 'exports/2.json']);
});

it('finds files in any folder below, and ends beside a link that loops', async () => {
  const all = await found('exports/**/*.json');
  expect(all).toEqual(
    expect.arrayContaining(['exports/2.json', 'exports/a/3.json', 'exports/a/b/4.json']),
  );
  expect(all.filter((path) => path.includes('away'))).toEqual([]);
});

it('gives the one file that a pattern without a star names, or nothing', async () => {
  expect(await found('exports/x.csv')).toEqual(['exports/x.csv']);
  expect(await found('exports/none.csv')).toEqual([]);
  expect(await found('exports/a')).toEqual([]);
});

it('matches several stars in one name', async () => {
  expect(await found('exp*s/*0*n')).toEqual(['exports/10.json']);
  expect(await found('exports/1*1*.json')).toEqual([]);
});

it('leaves hidden files and folders such as .git out', async () => {
  expect(await found('**')).not.toContain('.git/exports/5.json');
  expect(await found('exports/*/6.json')).toEqual([]);
});

it('refuses to leave the project', async () => {
  await expect(findFiles(root, '../outside/*.json')).rejects.toThrow(RangeError);
  await expect(findFiles(root, '/etc/*')).rejects.toThrow(RangeError);
});
