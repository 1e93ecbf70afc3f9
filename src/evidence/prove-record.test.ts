import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  accept,
  filesBelow,
  makeWorld,
  options,
  ORIGIN,
  type TestWorld,
} from '../../test/fixtures/evidence/world.ts';
import { signerFromSeed, signNote } from './note.ts';
import { createLedger, openLedger } from './open-ledger.ts';
import { proveRecord, verifyProof, verifyProofByPolicy } from './prove-record.ts';

let world: TestWorld;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.end());

const create = () =>
  createLedger({ folder: world.folder, home: world.home, origin: ORIGIN }, world.ports);
const logKey = () =>
  readFileSync(
    filesBelow(join(world.folder, 'keys')).find((path) => path.includes('/log-'))!,
    'utf8',
  );

describe('a proof', () => {
  it('shows a record with nothing but the public key of the log', async () => {
    const ledger = await create();
    const [stored] = await ledger.append(
      Array.from({ length: 300 }, (_, n) => accept(n)),
      options,
    );
    const proof = await proveRecord(ledger, stored!.ref, world.ports);
    expect(proof.split('\n').slice(0, 3)).toEqual([
      'c2sp.org/tlog-proof@v1',
      expect.stringMatching(/^extra /),
      'index 3',
    ]);
    expect(verifyProof(proof, logKey())).toMatchObject({
      kind: 'holds',
      record: stored,
      origin: ORIGIN,
      size: 303,
      root: ledger.head().root,
    });
  });

  it('shows nothing when any byte of it is changed', async () => {
    const ledger = await create();
    const [stored] = await ledger.append([accept(1), accept(2)], options);
    const proof = await proveRecord(ledger, stored!.ref.slice(7, 30), world.ports);
    const key = logKey();
    for (let at = 0; at < proof.length; at += 1) {
      for (const changed of [
        proof.slice(0, at),
        proof.slice(0, at) + proof.slice(at + 1),
        `${proof.slice(0, at)}${proof[at] === 'A' ? 'B' : 'A'}${proof.slice(at + 1)}`,
      ]) {
        if (verifyProof(changed, key).kind === 'holds') throw new Error(`byte ${at}`);
      }
    }
    expect(proof.length).toBeGreaterThan(500);
    expect(verifyProof(`${proof}\n`, key)).toMatchObject({ kind: 'refused' });
    const other = signerFromSeed(ORIGIN, new Uint8Array(32)).verifier.vkey;
    expect(verifyProof(proof, other)).toEqual({ kind: 'refused', reason: 'checkpoint' });
    expect(verifyProof(proof, 'no key')).toEqual({ kind: 'refused', reason: 'key' });
    expect(verifyProof(proof.replace('index 3', 'index 4'), key)).toMatchObject({
      reason: 'inclusion',
    });
    expect(verifyProof('', key)).toMatchObject({ reason: 'form' });
  });

  it('of an entry that is no record is refused', async () => {
    const { leafHash } = await import('./merkle.ts');
    const signer = signerFromSeed(ORIGIN, new Uint8Array(32));
    const leaf = Buffer.from('anything');
    const root = Buffer.from(leafHash(leaf)).toString('base64');
    const note = signNote(`${ORIGIN}\n1\n${root}\n`, signer);
    const text = `c2sp.org/tlog-proof@v1\nextra ${leaf.toString('base64')}\nindex 0\n\n${note}`;
    expect(verifyProof(text, signer.verifier.vkey)).toEqual({ kind: 'refused', reason: 'record' });
  });

  it('needs a signed checkpoint over the record', async () => {
    const ledger = await create();
    const [stored] = await ledger.append([accept(1)], options);
    const reader = await openLedger({ folder: world.folder }, world.ports);
    await expect(proveRecord(reader, stored!.ref, world.ports)).rejects.toMatchObject({
      code: 'key-missing',
    });
    await expect(proveRecord(reader, 'ffff', world.ports)).rejects.toMatchObject({
      code: 'record-unknown',
    });
    await ledger.close();
    expect(await proveRecord(reader, stored!.ref, world.ports)).toContain('index 3');
    for (const size of [1, 3]) {
      await expect(proveRecord(reader, stored!.ref, world.ports, size)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(`under a checkpoint of ${size} records`),
      });
    }
  });

  it('is not made under a checkpoint that nobody signed, nor believed by a policy that is none', async () => {
    const ledger = await create();
    const [stored] = await ledger.append([accept(1)], options);
    const proof = await proveRecord(ledger, stored!.ref, world.ports);
    expect(verifyProofByPolicy(proof, Buffer.from('trust me\n'))).toEqual({
      kind: 'refused',
      reason: 'policy',
    });
    const dated = join(world.folder, 'checkpoint.d/4');
    writeFileSync(dated, readFileSync(dated, 'utf8').replace(/\n4\n/, '\n5\n'));
    await expect(proveRecord(ledger, stored!.ref, world.ports, 4)).rejects.toMatchObject({
      code: 'ledger-corrupt',
    });
  });

  it('is not made of a ledger whose bundles were changed', async () => {
    const ledger = await create();
    await ledger.append([accept(1)], options);
    await ledger.close();
    const bundle = join(world.folder, 'tile/entries/000.p/4');
    const bytes = readFileSync(bundle);
    for (const changed of [bytes.subarray(1), Buffer.alloc(0)]) {
      writeFileSync(bundle, changed);
      const reader = openLedger({ folder: world.folder }, world.ports);
      await expect(reader).rejects.toMatchObject({ code: 'ledger-corrupt' });
    }
    rmSync(bundle);
    await expect(openLedger({ folder: world.folder }, world.ports)).rejects.toMatchObject({
      code: 'ledger-corrupt',
    });
  });
});
