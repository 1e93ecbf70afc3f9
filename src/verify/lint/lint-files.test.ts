import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePlainDate } from '../../core/index.ts';
import { lintFiles } from './lint-files.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spendproof-lint-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

const today =
  parsePlainDate('2026-11-23') ??
  (() => {
    throw new RangeError('date');
  })();
const lint = async (...paths: readonly string[]) =>
  await lintFiles(paths, { cwd: folder, today, plan: undefined });

describe('lintFiles', () => {
  it('looks through folders for Markdown, YAML and JSON, each file once', async () => {
    await write({
      'docs/a.md': '$5.50',
      'docs/deep/b.yaml': 'rpm: 60',
      'docs/deep/c.JSON': '{"rpm": 60}',
      'docs/d.txt': '$5.50',
      'docs/.hidden/e.md': '$5.50',
      'docs/node_modules/f.md': '$5.50',
    });
    await symlink(join(folder, 'docs'), join(folder, 'docs/again'));
    const { findings, files } = await lint('docs', 'docs/a.md');
    expect(files).toBe(3);
    expect(findings.map(({ file }) => file)).toEqual([
      'docs/a.md',
      'docs/deep/b.yaml',
      'docs/deep/c.JSON',
    ]);
  });

  it('says which files it could not read, and goes on', async () => {
    await write({
      'a.md': Uint8Array.of(0xff, 0xfe, 0x24),
      'b.md': '$5.50',
      'c.md': ' '.repeat(5 * 1024 * 1024 + 1),
    });
    const { findings, files, unread } = await lint('.');
    expect(unread).toEqual([
      { file: 'a.md', why: 'not UTF-8' },
      { file: 'c.md', why: 'larger than 5 MiB' },
    ]);
    expect([files, findings.length]).toEqual([1, 1]);
  });

  it('refuses a path that does not exist, and a file of another kind', async () => {
    await write({ 'a.txt': '' });
    await expect(lint('b.md')).rejects.toMatchObject({ code: 'file-missing' });
    await expect(lint('a.txt')).rejects.toMatchObject({ code: 'usage' });
  });
});
