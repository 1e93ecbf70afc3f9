import {
  chmodSync,
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  accept,
  context,
  filesBelow,
  fixedClock,
  makeWorld,
  NOW_MS,
  options,
  ORIGIN,
  registry,
  type TestWorld,
} from '../../test/fixtures/evidence/world.ts';
import { compareSizes } from './compare-sizes.ts';
import { createLedger, openLedger } from './open-ledger.ts';
import { keyFolder } from './keys.ts';
import { verifyLedger } from './verify-ledger.ts';
import type { RecordBody } from './records/registry.ts';

let world: TestWorld;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.end());

const create = () =>
  createLedger({ folder: world.folder, home: world.home, origin: ORIGIN }, world.ports);
const open = () => openLedger({ folder: world.folder, home: world.home }, world.ports);
const openToRead = () => openLedger({ folder: world.folder }, world.ports);

describe('a new ledger', () => {
  it('begins with its genesis and its keys', async () => {
    const ledger = await create();
    const records = await ledger.records();
    expect(records.map(({ body }) => body.kind)).toEqual(['genesis', 'key-event', 'key-event']);
    expect(records.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(ledger.origin).toBe(ORIGIN);
    expect(ledger.head().size).toBe(3);
  });

  it('keeps private keys outside of its folder, readable by their owner only', async () => {
    await create();
    const secrets = filesBelow(world.home);
    expect(secrets.length).toBe(4);
    for (const path of secrets) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(secrets[0]!, '..')).mode & 0o777).toBe(0o700);
    for (const path of filesBelow(world.folder)) {
      expect(readFileSync(path, 'utf8')).not.toContain('PRIVATE');
    }
  });

  it('is opened, not begun again, when it stands already', async () => {
    const first = await create();
    const second = await create();
    expect(second.head()).toEqual(first.head());
  });

  it('is not begun a second time under the same origin', async () => {
    await create();
    rmSync(world.folder, { recursive: true });
    await expect(create()).rejects.toMatchObject({ code: 'ledger-corrupt' });
  });

  it('does not take the place of another ledger', async () => {
    await create();
    const other = createLedger(
      { folder: world.folder, home: world.home, origin: 'example.com/other' },
      world.ports,
    );
    await expect(other).rejects.toMatchObject({ code: 'usage' });
  });

  it.each(['', 'two words', 'a+b', 'x'.repeat(65)])('refuses the origin %j', async (origin) => {
    const made = createLedger({ folder: world.folder, home: world.home, origin }, world.ports);
    await expect(made).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('an open ledger', () => {
  it('gives back what was appended, in order and by kind', async () => {
    const ledger = await create();
    const stored = await ledger.append([accept(1), accept(2)], options);
    expect(stored.map(({ index }) => index)).toEqual([3, 4]);
    const again = await openToRead();
    expect(await again.records({ kind: 'accept' })).toEqual(stored);
    expect(await again.records({ from: 4 })).toEqual([stored[1]]);
    expect(await again.latest('accept')).toEqual(stored[1]);
    expect(await again.latest('accept', ({ index }) => index === 3)).toEqual(stored[0]);
    expect(await again.latest('alert')).toBeUndefined();
  });

  it('finds a record by the beginning of its leaf hash, if that fits one only', async () => {
    const ledger = await create();
    const [stored] = await ledger.append([accept(1)], options);
    expect(await ledger.get(stored!.ref)).toEqual(stored);
    expect(await ledger.get(stored!.ref.slice(7, 27))).toEqual(stored);
    await ledger.append([accept(1)], options);
    expect(await ledger.get(stored!.ref)).toEqual(stored);
    await expect(ledger.get('')).rejects.toMatchObject({ code: 'record-unknown' });
    await expect(ledger.get('sha256:zz')).rejects.toMatchObject({ code: 'record-unknown' });
  });

  it('sees at once what another one appends', async () => {
    const one = await create();
    const two = await open();
    await one.append([accept(1)], options);
    expect(await two.records({ kind: 'accept' })).toHaveLength(1);
    await two.append([accept(2)], options);
    await two.close();
    await one.append([accept(3)], options);
    await one.close();
    expect(await (await openToRead()).records({ kind: 'accept' })).toHaveLength(3);
  });

  it('takes appends, readings and publications of one process at the same time', async () => {
    const ledger = await create();
    const work = Array.from({ length: 12 }, async (_, n) => {
      const stored = await ledger.append([accept(n)], options);
      if (n % 3 === 0) await ledger.publish();
      await ledger.records();
      return stored[0]!.index;
    });
    const places = (await Promise.all(work)).toSorted((a, b) => a - b);
    expect(places).toEqual(Array.from({ length: 12 }, (_, n) => n + 3));
  });

  it('appends nothing when the condition holds, so that one of many claims a notice', async () => {
    const ledgers = [await create(), await open(), await open(), await open()];
    const claims = await Promise.all(
      ledgers.map((ledger) =>
        ledger.append([accept(7)], {
          ...options,
          unless: (records) => records.some(({ body }) => body.kind === 'accept'),
        }),
      ),
    );
    expect(claims.filter((stored) => stored.length === 1)).toHaveLength(1);
    expect(await ledgers[0]!.records({ kind: 'accept' })).toHaveLength(1);
  });

  it('does nothing for an empty list', async () => {
    const ledger = await create();
    expect(await ledger.append([], options)).toEqual([]);
    expect(ledger.head().size).toBe(3);
  });

  it('derives tiles by itself once many records wait for them', async () => {
    const ledger = await create();
    for (let n = 0; n < 5; n += 1) {
      await ledger.append(
        Array.from({ length: 64 }, (_, i) => accept(n * 64 + i)),
        options,
      );
    }
    const names = filesBelow(world.folder).map((path) => path.slice(world.folder.length));
    expect(names).toContain('/tile/0/000');
    expect(names).toContain('/tile/entries/000');
    expect(names.filter((name) => name.startsWith('/tile/0/000.p/'))).toEqual([]);
    await ledger.append([accept(999)], options);
    await ledger.close();
    expect(await (await openToRead()).records({ kind: 'accept' })).toHaveLength(321);
  });

  it('goes on after exactly one full tile, and reads older sizes once their partial tiles are gone', async () => {
    const ledger = await create();
    await ledger.append([accept(0)], options);
    await ledger.publish();
    for (let n = 4; n < 256; n += 63) {
      const some = Array.from({ length: 63 }, (_, i) => accept(n + i));
      await ledger.append(some, options);
    }
    await ledger.publish();
    await ledger.close();
    const again = await open();
    expect(again.head().size).toBe(256);
    await again.append([accept(256)], options);
    await again.publish();
    // C2SP tlog-tiles, "Partial Tiles": they may be deleted once the full one stands.
    for (const path of filesBelow(join(world.folder, 'tile'))) {
      if (/\/(?:0|entries)\/000\.p\//.test(path)) rmSync(path);
    }
    const reader = await openToRead();
    expect(await reader.records({ kind: 'accept' })).toHaveLength(254);
    expect(await compareSizes(reader, [256, 4], world.ports.files)).toMatchObject({
      from: { size: 4 },
      to: { size: 256 },
      added: { length: 252 },
    });
    expect((await verifyLedger({ folder: world.folder }, world.ports)).problems).toEqual([]);
  });

  it('has no more sizes to compare than records', async () => {
    const ledger = await create();
    const compare = async (...sizes: readonly [number, number]) =>
      await compareSizes(ledger, sizes, world.ports.files);
    expect((await compare(0, 3)).added).toHaveLength(3);
    for (const wrong of [4, -1, 1.5, Number.NaN]) {
      await expect(compare(0, wrong)).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('stands for a value by a MAC that its own salt keys', async () => {
    const ledger = await create();
    expect(ledger.mac('trace')).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect((await open()).mac('trace')).toBe(ledger.mac('trace'));
    expect(ledger.mac('trace2')).not.toBe(ledger.mac('trace'));
  });
});

describe('a ledger without a key', () => {
  it('can be read, and names the folder of its keys when it is written', async () => {
    await create();
    const ledger = await openToRead();
    expect(await ledger.records()).toHaveLength(3);
    await expect(ledger.append([accept(1)], options)).rejects.toMatchObject({
      code: 'key-missing',
      message: `Expected the keys of the ledger ${ORIGIN}, found none in ${keyFolder('', ORIGIN)}`,
    });
    expect(() => ledger.mac('x')).toThrow('Expected the keys of the ledger');
    await ledger.close();
  });

  it('takes keys that the ledger does not know for none', async () => {
    await create();
    rmSync(world.home, { recursive: true });
    const other = join(world.root, 'other');
    await createLedger({ folder: other, home: world.home, origin: ORIGIN }, world.ports);
    const ledger = await open().catch((error: unknown) => error);
    expect(ledger).toMatchObject({ folder: world.folder });
    await expect((await open()).append([accept(1)], options)).rejects.toMatchObject({
      code: 'key-missing',
    });
  });

  it('refuses key files of another form', async () => {
    await create();
    const path = filesBelow(world.home).find((name) => name.endsWith('runner.key'));
    for (const bytes of ['nothing\n', '', Uint8Array.of(0xff)]) {
      writeFileSync(path!, bytes);
      await expect(open()).rejects.toMatchObject({ code: 'key-missing' });
    }
  });

  it('is told apart from no ledger', async () => {
    await expect(open()).rejects.toMatchObject({ code: 'ledger-missing', exit: 5 });
  });
});

describe('recovery', () => {
  it('derives tiles and checkpoint of what was committed and not published', async () => {
    const ledger = await create();
    await ledger.append([accept(1)], options);
    expect(readFileSync(join(world.folder, 'checkpoint'), 'utf8')).toContain('\n3\n');
    await open();
    expect(readFileSync(join(world.folder, 'checkpoint'), 'utf8')).toContain('\n4\n');
  });

  it('removes the temps of processes that are gone and leaves younger ones', async () => {
    await create();
    const stale = join(world.folder, '.state/temp', `${NOW_MS - 4_000_000}-${'0'.repeat(16)}.tmp`);
    const young = join(world.folder, '.state/temp', `${NOW_MS - 1000}-${'0'.repeat(16)}.tmp`);
    for (const path of [stale, young]) writeFileSync(path, 'x');
    await openLedger(
      { folder: world.folder, home: world.home },
      { ...world.ports, clock: fixedClock() },
    );
    const names = filesBelow(world.folder);
    expect(names).not.toContain(stale);
    expect(names).toContain(young);
  });

  it('keeps its order when the clock goes backwards, by an hour or by years', async () => {
    await create();
    const orders: number[] = [];
    for (const ms of [NOW_MS, NOW_MS - 3_700_000, 0, NOW_MS + 3_700_000, NOW_MS]) {
      const ports = { ...world.ports, clock: fixedClock(ms) };
      const ledger = await openLedger({ folder: world.folder, home: world.home }, ports);
      const [stored] = await ledger.append([accept(orders.length)], options);
      orders.push(stored?.index ?? -1);
      await ledger.close();
    }
    expect(orders).toEqual([3, 4, 5, 6, 7]);
    const verdict = await verifyLedger({ folder: world.folder, home: world.home }, world.ports);
    expect(verdict.problems).toEqual([]);
  });

  it('refuses to write a copy that is older than this machine has seen', async () => {
    const ledger = await create();
    await ledger.append([accept(1)], options);
    await ledger.close();
    cpSync(world.folder, join(world.root, 'copy'), { recursive: true });
    await ledger.append([accept(2)], options);
    await ledger.close();
    rmSync(world.folder, { recursive: true });
    cpSync(join(world.root, 'copy'), world.folder, { recursive: true });
    await expect(open()).rejects.toMatchObject({
      code: 'ledger-corrupt',
      message: expect.stringContaining('older copy'),
    });
    expect(await (await openToRead()).records({ kind: 'accept' })).toHaveLength(1);
  });

  it('refuses another history of the same length', async () => {
    await create();
    const mark = filesBelow(world.home).find((path) => path.endsWith('mark'))!;
    const text = readFileSync(mark, 'utf8');
    writeFileSync(mark, text.replace(/"root":"..../, '"root":"AAAA'));
    await expect(open()).rejects.toMatchObject({
      message: expect.stringContaining('another history'),
    });
    writeFileSync(mark, 'no mark');
    await expect(open()).rejects.toMatchObject({ code: 'ledger-corrupt' });
  });

  it.each(['checkpoint', 'keys/link', 'tile/0/link', '.state/commit/link'])(
    'refuses a symbolic link at %s',
    async (name) => {
      await create();
      rmSync(join(world.folder, name), { force: true });
      symlinkSync('/etc/hostname', join(world.folder, name));
      await expect(open()).rejects.toMatchObject({
        message: expect.stringContaining('symbolic link'),
      });
    },
  );

  it('refuses a folder that is a symbolic link', async () => {
    await create();
    const link = join(world.root, 'link');
    symlinkSync(world.folder, link);
    await expect(openLedger({ folder: link }, world.ports)).rejects.toMatchObject({
      code: 'ledger-corrupt',
    });
  });

  it.skipIf(process.getuid?.() === 0)('names a folder that cannot be written', async () => {
    const ledger = await create();
    chmodSync(join(world.folder, '.state/temp'), 0o500);
    try {
      await expect(ledger.append([accept(1)], options)).rejects.toMatchObject({
        code: 'file-not-writable',
        exit: 4,
      });
    } finally {
      chmodSync(join(world.folder, '.state/temp'), 0o700);
    }
    expect(await (await open()).records({ kind: 'accept' })).toEqual([]);
  });
});

describe('a refused record', () => {
  it('leaves only the rule in the ledger', async () => {
    const ledger = await create();
    const secret = ['canary', 'secret', 'value'].join('-');
    const leak = { ...accept(1), document: secret };
    const slugs = new Set([...registry.slugs, secret]);
    const appended = ledger.append([accept(5), leak], {
      context,
      registry: { ...registry, slugs },
      needles: [secret],
    });
    await expect(appended).rejects.toMatchObject({
      code: 'leak-blocked',
      exit: 7,
      message: 'Expected record 2 (accept) to pass the gate, rule needle refused it',
    });
    const records = await ledger.records({ from: 3 });
    expect(records.map(({ body }) => body)).toEqual([
      { kind: 'gate-rejected', rule: 'needle', candidate: 'accept', count: 1 },
    ]);
    await ledger.close();
    for (const path of filesBelow(world.root)) {
      expect(readFileSync(path, 'latin1')).not.toContain(secret);
    }
  });

  it('is not even counted when its context does not pass', async () => {
    const ledger = await create();
    const appended = ledger.append([accept(1)], {
      registry,
      context: { ...context, operator: 'nobody' },
    });
    await expect(appended).rejects.toMatchObject({ code: 'leak-blocked' });
    expect(ledger.head().size).toBe(3);
  });
});

describe('a reference', () => {
  it('is refused when no record has that leaf hash, for it could never be mended', async () => {
    const ledger = await create();
    const [stored] = await ledger.append([accept(1)], options);
    const hold = (evidence: readonly string[]): RecordBody => ({
      kind: 'hold',
      assumption: 'pricing',
      reasons: ['claim-broken'],
      because: ['document:pricing'],
      evidence,
    });
    const dangling = ledger.append([hold([stored!.ref, `sha256:${'0'.repeat(64)}`])], options);
    await expect(dangling).rejects.toMatchObject({
      code: 'leak-blocked',
      message: expect.stringContaining('rule registry refused it at evidence.1'),
    });
    const other = await open();
    const [fresh] = await other.append([accept(2)], options);
    expect(await ledger.append([hold([stored!.ref, fresh!.ref])], options)).toHaveLength(1);
  });
});

describe('a ledger whose files were changed', () => {
  it.each([
    ['.state/commit/000000000001', 'torn'],
    ['.state/commit/000000000002', 'torn'],
    ['tile/0/000.p/4', 'a tile of 4 hashes'],
    ['checkpoint', 'a checkpoint signed'],
  ])('at %s is refused', async (name, message) => {
    const ledger = await create();
    await ledger.append([accept(1)], options);
    await ledger.close();
    const path = join(world.folder, name);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, bytes.length - 1));
    const reads = openToRead().then((reader) => reader.records());
    // The first commit is below the published size: reading does not need it, and `ledger verify` finds it.
    if (name.endsWith('001')) await expect(reads).resolves.toHaveLength(4);
    else await expect(reads).rejects.toThrow(message);
  });

  it('by a flipped bit in a tile or a gap is refused', async () => {
    const ledger = await create();
    await ledger.append([accept(1)], options);
    await ledger.close();
    const tile = join(world.folder, 'tile/0/000.p/4');
    const bytes = readFileSync(tile);
    writeFileSync(
      tile,
      Buffer.concat([bytes.subarray(0, 127), Buffer.from([(bytes[127] ?? 0) ^ 1])]),
    );
    await expect(openToRead()).rejects.toMatchObject({ code: 'ledger-corrupt' });
    writeFileSync(tile, bytes);
    await openToRead();
    const last = join(world.folder, '.state/commit/000000000002');
    renameSync(last, join(world.folder, '.state/commit/000000000003'));
    await expect(openToRead()).rejects.toThrow('without a gap');
    rmSync(join(world.folder, '.state/commit/000000000003'));
    await expect(openToRead()).rejects.toThrow('published size 4');
  });
});
