import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  accept,
  filesBelow,
  fixedClock,
  makeWorld,
  NOW_MS,
  options,
  ORIGIN,
  type TestWorld,
} from '../../test/fixtures/evidence/world.ts';
import { cosignLedger } from './cosign-ledger.ts';
import { ringOf } from './key-ring.ts';
import { keyFolder, readMark } from './keys.ts';
import type { Ledger } from './ledger.ts';
import { makeNextKey, settleNextKeys } from './next-keys.ts';
import { createLedger, openLedger } from './open-ledger.ts';
import type { RecordBody } from './records/registry.ts';
import { makeReviewerKey } from './reviewer-keys.ts';
import { type Trust } from './verify-trust.ts';
import { verifyLedger } from './verify-ledger.ts';
import { writePublicFiles } from './write-public-files.ts';

let world: TestWorld;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.end());

const homeOf = (role: string): string => join(world.root, `home-${role}`);
const open = () => openLedger({ folder: world.folder, home: world.home }, world.ports);
const verify = (trust: Trust = {}) => verifyLedger({ folder: world.folder }, world.ports, trust);
const codes = async (trust: Trust = {}) =>
  (await verify(trust)).problems.map(({ code, index }) =>
    index === undefined ? code : `${code}@${index}`,
  );
const cosign = (role: string, approve = false) =>
  cosignLedger({ folder: world.folder, home: homeOf(role), role, approve }, world.ports);

async function enrol(ledger: Ledger, role: string): Promise<RecordBody> {
  const place = { home: homeOf(role), origin: ORIGIN, role };
  const { verifier } = await makeReviewerKey(place, world.ports);
  const body = {
    kind: 'key-event',
    event: 'enrolled',
    use: 'reviewer',
    key: verifier.vkey,
  } as const;
  await append(ledger, body);
  return body;
}

async function append(ledger: Ledger, ...bodies: readonly RecordBody[]): Promise<void> {
  await ledger.append(bodies, options);
  await writePublicFiles(ledger, world.ports);
  await ledger.publish();
}

/** A ledger with two reviewers of which one must cosign. */
async function witnessed(): Promise<Ledger> {
  const ledger = await createLedger(
    { folder: world.folder, home: world.home, origin: ORIGIN },
    world.ports,
  );
  await enrol(ledger, 'finance');
  await enrol(ledger, 'security');
  await append(ledger, { kind: 'policy-change', quorum: 1 });
  return ledger;
}

describe('a cosigned ledger', () => {
  it('says who has cosigned which size', async () => {
    const ledger = await witnessed();
    expect(await codes()).toEqual([]);
    expect((await verify()).cosigned).toEqual({ size: 0, by: [] });
    const done = await cosign('finance');
    expect(done).toMatchObject({ origin: ORIGIN, size: 6, before: 0, beyond: 0, approved: [] });
    await append(ledger, accept(1));
    const verdict = await verify();
    expect(verdict).toMatchObject({ ok: true, size: 7, quorum: 1 });
    expect(verdict.cosigned.size).toBe(6);
    expect(verdict.cosigned.by).toEqual([expect.stringMatching(/^example\.com\/team\/finance\+/)]);
    expect([await ledger.cosigners(5), await ledger.cosigners(6)]).toEqual([
      [`${ORIGIN}/finance`],
      [],
    ]);
  });

  it('keeps one line of each reviewer, and grows with each size', async () => {
    const ledger = await witnessed();
    const first = await cosign('finance');
    const again = await cosignLedger(
      { folder: world.folder, home: homeOf('finance'), role: 'finance', approve: false },
      { ...world.ports, clock: fixedClock(NOW_MS + 5000) },
    );
    expect(again.line).toBe(first.line);
    await cosign('security');
    expect((await verify()).cosigned.by).toHaveLength(2);
    await append(ledger, accept(1));
    expect(await cosign('finance')).toMatchObject({ size: 7, before: 6 });
    expect(await codes()).toEqual([]);
  });

  it(
    'notices every changed byte of checkpoints, keys and policy',
    { timeout: 1_800_000 },
    async () => {
      await witnessed();
      await cosign('finance');
      const unnoticed: string[] = [];
      const paths = filesBelow(world.folder).filter((path) => !path.includes('tile/'));
      for (const path of paths.filter((name) => !name.includes('.state'))) {
        const bytes = readFileSync(path);
        for (let at = 0; at < bytes.length; at += 3) {
          const changed = Buffer.from(bytes);
          changed[at]! ^= 1 << (at % 8);
          writeFileSync(path, changed);
          if ((await verify()).ok) unnoticed.push(`${path}@${at}`);
        }
        writeFileSync(path, bytes);
      }
      expect(unnoticed).toEqual([]);
      expect(await codes()).toEqual([]);
    },
  );
});

describe('a reviewer', () => {
  it('needs a key that the ledger enrols', async () => {
    const ledger = await witnessed();
    await expect(cosign('operations')).rejects.toMatchObject({ code: 'key-missing' });
    const place = { home: homeOf('operations'), origin: ORIGIN, role: 'operations' };
    await makeReviewerKey(place, world.ports);
    await expect(cosign('operations')).rejects.toMatchObject({ code: 'key-missing' });
    expect(await ledger.cosigners(0)).toEqual([]);
    const long = { ...place, role: 'a'.repeat(63) };
    await expect(makeReviewerKey(long, world.ports)).rejects.toMatchObject({ code: 'usage' });
  });

  it('signs nothing of a ledger that does not verify', async () => {
    await witnessed();
    const path = join(world.folder, 'tile/0/000.p/6');
    writeFileSync(path, Buffer.alloc(192));
    await expect(cosign('finance')).rejects.toMatchObject({ code: 'ledger-corrupt' });
    expect(readFileSync(join(world.folder, 'checkpoint'), 'utf8')).not.toContain('finance');
  });

  it('refuses an older copy, and another history of the same keys', async () => {
    const ledger = await witnessed();
    const old = join(world.root, 'old');
    cpSync(world.folder, old, { recursive: true });
    const oldMark = readFileSync(join(keyFolder(world.home, ORIGIN), 'mark'));
    await append(ledger, accept(1));
    await cosign('finance');
    rmSync(world.folder, { recursive: true });
    cpSync(old, world.folder, { recursive: true });
    await expect(cosign('finance')).rejects.toMatchObject({ code: 'ledger-corrupt' });
    // A thief of the operator's keys and mark can rewrite history, but not what the reviewer has seen (threat L3).
    writeFileSync(join(keyFolder(world.home, ORIGIN), 'mark'), oldMark);
    await append(await open(), accept(2), accept(3));
    expect(await codes()).toEqual([]);
    await expect(cosign('finance')).rejects.toMatchObject({
      message: expect.stringContaining('grew from the 7 records'),
    });
    expect(await cosign('security')).toMatchObject({ size: 8 });
  });

  it('remembers the size before the signature exists', async () => {
    await witnessed();
    const real = world.ports.files;
    const files = {
      ...real,
      rename: async (from: string, to: string) => {
        if (to.includes('checkpoint')) throw Object.assign(new Error('EIO'), { code: 'EIO' });
        await real.rename(from, to);
      },
    };
    const request = {
      folder: world.folder,
      home: homeOf('finance'),
      role: 'finance',
      approve: false,
    };
    await expect(cosignLedger(request, { ...world.ports, files })).rejects.toMatchObject({
      code: 'file-not-writable',
    });
    const state = join(keyFolder(homeOf('finance'), ORIGIN), 'cosigned');
    expect((await readMark(state, world.ports))?.size).toBe(6);
    expect((await verify()).cosigned.size).toBe(0);
    expect(await cosign('finance')).toMatchObject({ before: 6, size: 6 });
  });
});

describe('a change of keys', () => {
  it('does not verify until the quorum of its time has cosigned it', async () => {
    const ledger = await witnessed();
    await enrol(ledger, 'operations');
    await append(ledger, accept(1));
    expect(await codes()).toEqual(['quorum@6']);
    await expect(cosign('finance')).rejects.toMatchObject({ code: 'usage' });
    // Who is enrolled by the change cannot approve it.
    await cosign('operations', true);
    expect(await codes()).toEqual(['quorum@6']);
    expect(await cosign('finance', true)).toMatchObject({ approved: [6] });
    expect(await codes()).toEqual([]);
  });

  it('cannot lower the quorum without the reviewers of the higher one', async () => {
    const ledger = await witnessed();
    await append(ledger, { kind: 'policy-change', quorum: 0 });
    await enrol(ledger, 'operations');
    expect(await codes()).toEqual(['quorum@6']);
    expect((await verify()).quorum).toBe(0);
  });

  it('must leave enough reviewers, name a key of its use, and one that is new', async () => {
    const ledger = await createLedger(
      { folder: world.folder, home: world.home, origin: ORIGIN },
      world.ports,
    );
    await append(ledger, { kind: 'policy-change', quorum: 1 });
    expect(await codes()).toEqual(['key@3']);
    const log = ringOf(await ledger.records()).ever('log')[0]?.vkey ?? '';
    const confused = { kind: 'key-event', event: 'enrolled', use: 'reviewer', key: log } as const;
    await ledger.append([confused, { ...confused, use: 'runner' }], options);
    expect(await codes()).toContain('key@4');
    expect(await codes()).toContain('key@5');
  });

  it('ends what a revoked reviewer can vouch for', async () => {
    const ledger = await witnessed();
    const body = await enrol(ledger, 'operations');
    await cosign('finance', true);
    await append(ledger, { ...body, event: 'revoked' } as RecordBody);
    await cosign('operations', true);
    // It still approves its own revocation, but vouches for nothing after it.
    expect(await codes()).toEqual([]);
    await append(ledger, accept(1));
    await expect(cosign('operations')).resolves.toMatchObject({ size: 9 });
    expect((await verify()).cosigned.size).toBe(8);
  });
});

describe('a rotated key', () => {
  const place = () => ({ home: world.home, origin: ORIGIN });
  const event = (name: 'rotated' | 'revoked', use: 'log' | 'runner', key: string): RecordBody => ({
    kind: 'key-event',
    event: name,
    use,
    key,
  });

  async function rotate(ledger: Ledger, use: 'log' | 'runner'): Promise<Ledger> {
    const old = ringOf(await ledger.records()).at(use, ledger.head().size)[0]?.vkey ?? '';
    const next = await makeNextKey(place(), use, world.ports);
    await append(ledger, event('rotated', use, next.verifier.vkey));
    await settleNextKeys(place(), await writePublicFiles(ledger, world.ports), world.ports);
    const again = await open();
    await append(again, event('revoked', use, old));
    return await open();
  }

  it('signs from its record on, and the one before it no more', async () => {
    let ledger = await createLedger({ folder: world.folder, ...place() }, world.ports);
    const stale = await open();
    for (const use of ['runner', 'log'] as const) ledger = await rotate(ledger, use);
    await append(ledger, accept(1));
    expect(await codes()).toEqual([]);
    expect(filesBelow(join(world.folder, 'keys'))).toHaveLength(4);
    expect(filesBelow(world.home).filter((path) => path.endsWith('.next'))).toEqual([]);
    // A process that still holds the old runner key writes what does not verify.
    await stale.append([accept(2)], options);
    expect(await codes()).toEqual(['signature@8']);
  });

  it('is refused where its file holds another form', async () => {
    const ledger = await createLedger({ folder: world.folder, ...place() }, world.ports);
    await makeNextKey(place(), 'runner', world.ports);
    await ledger.close();
    const path = filesBelow(world.home).find((name) => name.endsWith('.next'));
    writeFileSync(path!, 'nothing\n');
    await expect(open()).rejects.toMatchObject({ code: 'key-missing' });
  });

  it('of a reviewer is found again, and refused where its file holds another form', async () => {
    const at = { home: homeOf('finance'), origin: ORIGIN, role: 'finance' };
    const { skey } = await makeReviewerKey(at, world.ports);
    expect((await makeReviewerKey(at, world.ports)).skey).toBe(skey);
    writeFileSync(filesBelow(at.home)[0]!, 'nothing\n');
    await expect(makeReviewerKey(at, world.ports)).rejects.toMatchObject({ code: 'key-missing' });
    const odd = { ...at, role: 'f'.repeat(200) };
    await expect(makeReviewerKey(odd, world.ports)).rejects.toMatchObject({ code: 'usage' });
  });

  it.each(['before its record', 'after its record'])('survives an end %s', async (when) => {
    const ledger = await createLedger({ folder: world.folder, ...place() }, world.ports);
    const next = await makeNextKey(place(), 'runner', world.ports);
    if (when === 'after its record') {
      await ledger.append([event('rotated', 'runner', next.verifier.vkey)], options);
    }
    const again = await open();
    await append(again, accept(1));
    expect(await codes()).toEqual([]);
    expect(
      (await makeNextKey(place(), 'runner', world.ports)).verifier.vkey === next.verifier.vkey,
    ).toBe(when === 'before its record');
  });

  it('of another machine no longer writes once it is revoked', async () => {
    const ledger = await createLedger({ folder: world.folder, ...place() }, world.ports);
    const copy = join(world.root, 'home-copy');
    cpSync(world.home, copy, { recursive: true });
    await rotate(ledger, 'runner');
    const other = await openLedger({ folder: world.folder, home: copy }, world.ports);
    await expect(other.append([accept(1)], options)).rejects.toMatchObject({ code: 'key-missing' });
  });
});

describe('a verifier’s own trust', () => {
  const policy = () => readFileSync(join(world.folder, 'policy'));

  it('asks for the quorum of the given policy, not of the folder’s', async () => {
    const ledger = await witnessed();
    const mine = policy();
    expect(mine.toString()).toContain('group reviewers 1 ');
    expect(await codes({ policy: mine })).toEqual(['quorum']);
    await cosign('finance');
    expect(await codes({ policy: mine })).toEqual([]);
    await append(ledger, accept(1));
    expect(await codes({ policy: mine })).toEqual(['quorum']);
    expect(await codes({ policy: mine, at: 6 })).toEqual([]);
    expect(await codes({ at: 5 })).toEqual([]);
    expect(await codes({ at: 99 })).toEqual(['missing']);
    expect(await codes({ policy: Buffer.from('quorum maybe\n') })).toEqual(['policy']);
  });

  it('takes no log but that of the policy: a copied ledger with swapped keys fails', async () => {
    await witnessed();
    const mine = policy();
    const other = makeWorld();
    await createLedger({ folder: other.folder, home: other.home, origin: ORIGIN }, other.ports);
    const found = await verifyLedger({ folder: other.folder }, other.ports, { policy: mine });
    other.end();
    expect(found.problems.map(({ code }) => code)).toEqual(['policy']);
  });

  it('holds the ledger against checkpoints seen before', async () => {
    const ledger = await witnessed();
    const seen = { name: 'seen', bytes: readFileSync(join(world.folder, 'checkpoint')) };
    const old = join(world.root, 'old');
    cpSync(world.folder, old, { recursive: true });
    const mark = readFileSync(join(keyFolder(world.home, ORIGIN), 'mark'));
    await append(ledger, accept(1));
    const later = { name: 'later', bytes: readFileSync(join(world.folder, 'checkpoint')) };
    expect(await codes({ trusted: [seen, later] })).toEqual([]);
    rmSync(world.folder, { recursive: true });
    cpSync(old, world.folder, { recursive: true });
    expect(await codes({ trusted: [later] })).toEqual(['rollback']);
    writeFileSync(join(keyFolder(world.home, ORIGIN), 'mark'), mark);
    await append(await open(), accept(2));
    expect(await codes({ trusted: [seen] })).toEqual([]);
    expect(await codes({ trusted: [later] })).toEqual(['consistency']);
    expect(await codes({ trusted: [{ name: 'junk', bytes: Buffer.from('x') }] })).toEqual([
      'checkpoint',
    ]);
  });
});
