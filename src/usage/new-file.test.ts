import { link, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { putNew } from './new-file.ts';

/** As a disk answers that has no links. */
const noLinks = async () =>
  await Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' }));

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'new-file-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe.each([
  ['a disk with links', link],
  ['a disk without links', noLinks],
])('on %s', (_, makeLink) => {
  it('puts a file under a new name and leaves nothing beside it', async () => {
    const folder = await folderWith({ from: 'rows' });
    await putNew(join(folder, 'from'), join(folder, 'to'), makeLink);
    expect(await readFile(join(folder, 'to'), 'utf8')).toBe('rows');
    expect((await readdir(folder)).toSorted()).toEqual(['from', 'to']);
  });

  it('overwrites no file, empty or not, and no link that leads nowhere', async () => {
    const folder = await folderWith({ from: 'rows', full: 'mine', empty: '' });
    await symlink(join(folder, 'nowhere'), join(folder, 'lost'));
    for (const name of ['full', 'empty', 'lost']) {
      await expect(
        putNew(join(folder, 'from'), join(folder, name), makeLink),
      ).rejects.toMatchObject({ code: 'usage' });
    }
    expect(await readFile(join(folder, 'full'), 'utf8')).toBe('mine');
    expect(await readFile(join(folder, 'empty'), 'utf8')).toBe('');
    expect((await readdir(folder)).toSorted()).toEqual(['empty', 'from', 'full', 'lost']);
  });

  it('lets one of many win that write the same name at once', async () => {
    const names = Array.from({ length: 20 }, (_unused, index) => `from-${index}`);
    const folder = await folderWith(Object.fromEntries(names.map((name) => [name, name])));
    const ended = await Promise.allSettled(
      names.map(async (name) => await putNew(join(folder, name), join(folder, 'to'), makeLink)),
    );
    const won = names.filter((_name, index) => ended[index]?.status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect(await readFile(join(folder, 'to'), 'utf8')).toBe(won[0]);
  });
});
