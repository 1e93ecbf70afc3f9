import { mkdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  accept,
  makeWorld,
  options,
  ORIGIN,
  type TestWorld,
} from '../../test/fixtures/evidence/world.ts';
import { sha256 } from '../core/index.ts';
import { type Commit, decodeCommit, encodeCommit, rootDigest } from './commit.ts';
import type { Ledger } from './ledger.ts';
import { leafHash, merkleRoot } from './merkle.ts';
import { createLedger, openLedger } from './open-ledger.ts';
import { verifyLedger } from './verify-ledger.ts';

let world: TestWorld;
let ledger: Ledger;
beforeEach(async () => {
  world = makeWorld();
  ledger = await createLedger(
    { folder: world.folder, home: world.home, origin: ORIGIN },
    world.ports,
  );
});
afterEach(() => world.end());

const open = () => openLedger({ folder: world.folder }, world.ports);
const codes = async () =>
  (await verifyLedger({ folder: world.folder }, world.ports)).problems.map(({ code }) => code);
const second = () => join(world.folder, '.state/commit/000000000002');

/** Writes the second commit anew, with its digest mended, as somebody does who knows the format. */
async function forge(change: (commit: Commit) => Partial<Commit>): Promise<void> {
  await ledger.append([accept(1)], options);
  const commit = decodeCommit(readFileSync(second()))!;
  writeFileSync(second(), encodeCommit({ ...commit, ...change(commit) }));
}

describe('a commit that somebody forges', () => {
  it.each([
    ['another predecessor', { previous: sha256('x') }, 'follows'],
    ['another root', { root: sha256('x') }, 'root'],
    ['another generation', { generation: 3 }, 'whole'],
    ['another size', { oldSize: 4, size: 5 }, 'follows'],
    ['sizes that do not add up', { size: 9 }, 'whole'],
    ['an entry that is too long', { entries: [new Uint8Array(65_536)] }, 'whole'],
  ])('with %s is refused by readers, and found', async (_, change, message) => {
    await forge(() => change);
    await expect(open()).rejects.toMatchObject({
      code: 'ledger-corrupt',
      message: expect.stringContaining(message),
    });
    expect(await codes()).toContain('commit');
  });

  it('with an entry that is no record is found, and refused when it is read', async () => {
    const entry = Buffer.from('{}');
    const leaves: Uint8Array[] = [];
    await forge((commit) => {
      const first = decodeCommit(readFileSync(join(world.folder, '.state/commit/000000000001')))!;
      leaves.push(...first.entries, entry);
      const root = rootDigest(merkleRoot(leaves.map((leaf) => leafHash(leaf))));
      return { ...commit, entries: [entry], root };
    });
    expect(await codes()).toEqual(['record']);
    const reader = await open();
    await expect(reader.records()).rejects.toMatchObject({
      code: 'ledger-corrupt',
      message: expect.stringContaining('entry 3'),
    });
  });
});

describe('a file that stands where the ledger writes', () => {
  it.each(['tile/0/000.p/4', 'tile/entries/000.p/4', 'checkpoint.d/4'])(
    'at %s is never written over',
    async (name) => {
      await ledger.append([accept(1)], options);
      const path = join(world.folder, name);
      writeFileSync(path, 'other');
      await expect(ledger.close()).rejects.toMatchObject({ code: 'ledger-corrupt' });
      expect(readFileSync(path, 'utf8')).toBe('other');
    },
  );

  it('as a link is found by the verification', async () => {
    symlinkSync('/etc/hostname', join(world.folder, 'tile/0/link'));
    expect(await codes()).toEqual(['link']);
  });

  it('as a folder is reported, not thrown', async () => {
    unlinkSync(join(world.folder, 'policy'));
    mkdirSync(join(world.folder, 'policy'));
    expect(await codes()).toEqual(['unreadable']);
  });

  it('as a level that no tree has is found', async () => {
    mkdirSync(join(world.folder, 'tile/9'));
    expect(await codes()).toEqual(['tile']);
  });

  it('as a public key of another form closes the ledger', async () => {
    writeFileSync(join(world.folder, 'keys/other.vkey'), 'no key\n');
    await expect(open()).rejects.toMatchObject({ code: 'ledger-corrupt' });
    expect(await codes()).toEqual(['key']);
  });
});

it('reports a ledger without commits', async () => {
  for (const name of ['000000000001']) unlinkSync(join(world.folder, '.state/commit', name));
  expect(await codes()).toContain('missing');
});
