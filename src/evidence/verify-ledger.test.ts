import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  accept,
  delivery,
  filesBelow,
  makeWorld,
  options,
  ORIGIN,
  type TestWorld,
} from '../../test/fixtures/evidence/world.ts';
import { createLedger } from './open-ledger.ts';
import { verifyLedger } from './verify-ledger.ts';

let world: TestWorld;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.end());

const create = () =>
  createLedger({ folder: world.folder, home: world.home, origin: ORIGIN }, world.ports);
const verify = () => verifyLedger({ folder: world.folder }, world.ports);
const verifyHere = () => verifyLedger({ folder: world.folder, home: world.home }, world.ports);

/** A ledger with a full tile, partial ones, several checkpoints and one commit that is not published. */
async function fill(records: number): Promise<void> {
  const ledger = await create();
  for (let n = 0; n < records; n += 64) {
    const count = Math.min(64, records - n);
    await ledger.append(
      Array.from({ length: count }, (_, i) => accept(n + i)),
      options,
    );
    await ledger.publish();
  }
  await ledger.append([delivery(1)], options);
}

describe('verifyLedger', () => {
  it('finds nothing wrong with what was written, whole or growing', async () => {
    await fill(300);
    const verdict = await verifyHere();
    expect(verdict).toMatchObject({
      ok: true,
      size: 304,
      unpublished: 1,
      problems: [],
      lastCheckpointAt: '2026-11-23T08:00:00Z',
    });
    expect(verdict.checkpoints).toBe(6);
    expect(verdict.signedBy).toEqual([expect.stringMatching(/^example\.com\/team\+[0-9a-f]{8}$/)]);
  });

  it('needs a ledger', async () => {
    await expect(verify()).rejects.toMatchObject({ code: 'ledger-missing' });
  });

  it('notices every flipped byte of every file', { timeout: 1_800_000 }, async () => {
    const ledger = await create();
    await ledger.append([accept(1)], options);
    await ledger.publish();
    await ledger.append([accept(2)], options);
    const unnoticed: string[] = [];
    let tried = 0;
    for (const path of filesBelow(world.folder)) {
      const bytes = readFileSync(path);
      const step = Math.max(1, Math.floor(bytes.length / 40));
      for (let at = 0; at < bytes.length; at += step) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        writeFileSync(path, changed);
        tried += 1;
        if ((await verify()).ok) unnoticed.push(`${path}@${at}`);
      }
      writeFileSync(path, bytes);
    }
    expect(tried).toBeGreaterThan(500);
    expect(unnoticed).toEqual([]);
    expect((await verify()).ok).toBe(true);
  });

  it('notices every file that is cut, longer, empty or gone', { timeout: 1_800_000 }, async () => {
    await fill(260);
    // The tail beyond the newest checkpoint is not vouched for by a signed head: its loss shows by the mark only.
    await (await create()).close();
    expect((await verify()).size).toBe(264);
    const unnoticed: string[] = [];
    const paths = filesBelow(world.folder);
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) {
      const bytes = readFileSync(path);
      const changes = [
        bytes.subarray(0, bytes.length - 1),
        bytes.subarray(0, Math.floor(bytes.length / 2)),
        Buffer.alloc(0),
        Buffer.concat([bytes, Buffer.from('\n')]),
        Buffer.concat([bytes, Buffer.alloc(32)]),
      ];
      for (const [way, changed] of changes.entries()) {
        writeFileSync(path, changed);
        if ((await verify()).ok) unnoticed.push(`${path} way ${way}`);
      }
      rmSync(path);
      if (!isSpare(path) && (await verify()).ok) unnoticed.push(`${path} gone`);
      writeFileSync(path, bytes);
    }
    expect(unnoticed).toEqual([]);
  });

  it('notices that every checkpoint is gone, which are all that strangers can hold on to', async () => {
    await fill(10);
    rmSync(join(world.folder, 'checkpoint'));
    rmSync(join(world.folder, 'checkpoint.d'), { recursive: true });
    const { problems } = await verify();
    expect(problems[0]).toMatchObject({
      code: 'missing',
      message: expect.stringContaining('nobody has vouched'),
    });
  });

  it('notices files that no ledger of this size has', async () => {
    await fill(10);
    const source = join(world.folder, 'tile/0/000.p');
    const [partial] = filesBelow(source);
    for (const name of [
      'tile/0/000',
      'tile/0/001',
      'tile/0/000.p/200',
      'checkpoint.d/99',
      'keys/x.vkey',
    ]) {
      const path = join(world.folder, name);
      writeFileSync(path, readFileSync(partial!));
      expect([name, (await verify()).ok]).toEqual([name, false]);
      rmSync(path);
    }
    expect((await verify()).ok).toBe(true);
  });

  it('notices that the newest records are gone, by this machine’s mark', async () => {
    const ledger = await create();
    await ledger.append([accept(1)], options);
    await ledger.close();
    for (const name of [
      'checkpoint.d/4',
      '.state/commit/000000000002',
      'tile/0/000.p/4',
      'tile/entries/000.p/4',
    ]) {
      rmSync(join(world.folder, name));
    }
    writeFileSync(
      join(world.folder, 'checkpoint'),
      readFileSync(join(world.folder, 'checkpoint.d/3')),
    );
    expect((await verify()).ok).toBe(true);
    const verdict = await verifyHere();
    expect(verdict.problems.map(({ code }) => code)).toEqual(['rollback']);
  });

  it('notices a ledger that other keys have written', async () => {
    await create();
    const other = makeWorld();
    await createLedger({ folder: other.folder, home: other.home, origin: ORIGIN }, other.ports);
    const verdict = await verifyLedger({ folder: other.folder, home: world.home }, world.ports);
    other.end();
    expect(new Set(verdict.problems.map(({ code }) => code))).toEqual(new Set(['rollback', 'key']));
  });
});

/** A partial tile of an older size may be dropped, and so may an older checkpoint. */
function isSpare(path: string): boolean {
  const width = Number(/\.p\/(\d+)$/.exec(path)?.[1] ?? Number.NaN);
  const size = Number(/checkpoint\.d\/(\d+)$/.exec(path)?.[1] ?? Number.NaN);
  return width < 8 || size < 264;
}
