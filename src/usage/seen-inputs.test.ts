import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { sha256 } from '../core/index.ts';
import { markOf, openSeen } from './seen-inputs.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');
const MS = 1_000_000n;
const at = (changes: Partial<Record<'size' | 'mtimeNs' | 'ctimeNs' | 'ino', bigint>> = {}) =>
  markOf({ size: 7n, mtimeNs: 50_000n * MS, ctimeNs: 50_000n * MS, ino: 3n, ...changes }, 60_000);

async function emptyStore(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'seen-')));
  await mkdir(join(folder, 'usage'), { recursive: true });
  return folder;
}

it('remembers a file that stands as it did, and forgets it at any sign of change', async () => {
  const folder = await emptyStore();
  const digest = sha256('bytes');
  await (await openSeen(folder, ports)).save(new Map([['/a', { ...at(), digest }]]));
  const seen = await openSeen(folder, ports);
  expect(seen.get('/a', at())).toBe(digest);
  expect(seen.get('/b', at())).toBeUndefined();
  for (const change of [{ size: 8n }, { mtimeNs: 1n }, { ctimeNs: 50_001n * MS }, { ino: 4n }])
    expect(seen.get('/a', at(change))).toBeUndefined();
});

it('never remembers a file that changed a moment ago: a second change could bear the same time', async () => {
  const folder = await emptyStore();
  const fresh = at({ ctimeNs: 59_000n * MS });
  await (
    await openSeen(folder, ports)
  ).save(new Map([['/a', { ...fresh, digest: sha256('bytes') }]]));
  expect((await openSeen(folder, ports)).get('/a', fresh)).toBeUndefined();
});

it.each(['', '{', '{"version":2,"files":{}}', '[]'])(
  'takes %j for nothing remembered',
  async (text) => {
    const folder = await emptyStore();
    await writeFile(join(folder, 'usage/seen.json'), text);
    expect((await openSeen(folder, ports)).get('/a', at())).toBeUndefined();
  },
);
