import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestHex, sha256 } from '../core/index.ts';
import { restoreInput } from './kept-inputs.ts';

const BYTES = Buffer.from('ts,usd\n'.repeat(40_000));
const DIGEST = sha256(BYTES);
let state: string;

beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'kept-inputs-'));
});
afterAll(async () => await rm(state, { recursive: true }));

async function restored(name: string, kept: Buffer, bytesMax = BYTES.length) {
  const folder = await mkdtemp(join(state, 'case-'));
  await mkdir(join(folder, 'inputs'));
  await writeFile(join(folder, 'inputs', `${digestHex(DIGEST)}.${name}`), kept);
  const path = join(folder, 'restored.csv');
  const isWhole = await restoreInput(folder, DIGEST, { path, bytesMax });
  return { isWhole, path };
}

describe('a kept export', () => {
  it.each([
    ['as it is kept now', 'br', brotliCompressSync(BYTES)],
    ['as it was kept once', 'gz', gzipSync(BYTES)],
  ])('is restored %s', async (_, name, kept) => {
    const { isWhole, path } = await restored(name, kept);
    expect(isWhole).toBe(true);
    expect(await readFile(path)).toEqual(BYTES);
  });

  it.each([
    ['cut short', 'br', brotliCompressSync(BYTES).subarray(0, -4)],
    ['empty', 'br', Buffer.alloc(0)],
    ['overwritten', 'br', Buffer.from('hello hello, this was never compressed')],
    ['cut short', 'gz', gzipSync(BYTES).subarray(0, -4)],
    ['overwritten', 'gz', Buffer.from('hello hello, this was never compressed')],
    ['of another file', 'br', brotliCompressSync('ts,usd\n')],
  ])('that is %s is as good as none (%s)', async (_, name, kept) => {
    expect((await restored(name, kept)).isWhole).toBe(false);
  });

  it('with more bytes than the manifest says is not unpacked to its end', async () => {
    const { isWhole, path } = await restored('br', brotliCompressSync(BYTES), 1000);
    expect(isWhole).toBe(false);
    expect((await readFile(path)).length).toBeLessThanOrEqual(1000);
  });

  it('that is not there is as good as none', async () => {
    expect(await restoreInput(state, DIGEST, { path: join(state, 'none.csv'), bytesMax: 1 })).toBe(
      false,
    );
  });
});
