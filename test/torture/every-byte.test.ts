import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  cosignLedger,
  createLedger,
  makeReviewerKey,
  verifyLedger,
  writePublicFiles,
} from '../../src/evidence/index.ts';
import { accept, fixedClock, options, ORIGIN } from '../fixtures/evidence/world.ts';
import { SimulatedDisk } from './simulated-disk.ts';

const folder = '/project/ledger';
const home = '/home/keys';
/** `SPENDPROOF_EVERY_BYTE=1` makes each change at each byte; else every seventh byte is changed in one way, in turn. */
const isWhole = process.env['SPENDPROOF_EVERY_BYTE'] === '1';

type Names = SimulatedDisk['names'];

let count = 0;
const portsOn = (disk: SimulatedDisk) => ({
  clock: fixedClock(),
  files: disk.files(),
  random: {
    bytes: (size: number) => Uint8Array.from({ length: size }, () => (count += 37) & 0xff),
  },
});

/** The ways in which one byte can go wrong. */
const CHANGES: readonly ((bytes: Uint8Array, at: number) => Uint8Array)[] = [
  (bytes, at) => bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))),
  (bytes, at) => Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1)]),
  (bytes, at) => Uint8Array.from([...bytes.subarray(0, at), bytes[at] ?? 0, ...bytes.subarray(at)]),
];

/** A ledger with a reviewer, cosigned checkpoints and a tail that is published. */
async function ledgerOf(records: number): Promise<Names> {
  const bare = ['/', '/project', '/home'].map((path) => [path, { kind: 'folder' }] as const);
  const disk = new SimulatedDisk(new Map(bare));
  const ports = portsOn(disk);
  const ledger = await createLedger({ folder, home, origin: ORIGIN }, ports);
  const { verifier } = await makeReviewerKey({ home, origin: ORIGIN, role: 'finance' }, ports);
  const key = {
    kind: 'key-event',
    event: 'enrolled',
    use: 'reviewer',
    key: verifier.vkey,
  } as const;
  await ledger.append([key], options);
  await writePublicFiles(ledger, ports);
  await ledger.publish();
  await cosignLedger({ folder, home, role: 'finance', approve: false }, ports);
  for (let from = 0; from < records; from += 100) {
    const size = Math.min(100, records - from);
    await ledger.append(
      Array.from({ length: size }, (_, n) => accept(from + n)),
      options,
    );
  }
  await ledger.close();
  return disk.names;
}

const verify = async (names: Names) =>
  await verifyLedger({ folder }, portsOn(new SimulatedDisk(names)));

const filesOf = (names: Names): [string, Uint8Array][] =>
  [...names].flatMap(([path, node]) =>
    node.kind === 'file' && path.startsWith(`${folder}/`) ? [[path, node.data]] : [],
  );

async function isNoticed(names: Names, path: string, data: Uint8Array): Promise<boolean> {
  return !(await verify(new Map(names).set(path, { kind: 'file', data }))).ok;
}

describe('one byte of a ledger', { timeout: 3_600_000 }, () => {
  it('is changed, missing or added nowhere without notice: the bytes of a small one', async () => {
    const names = await ledgerOf(1);
    expect((await verify(names)).problems).toEqual([]);
    const unnoticed: string[] = [];
    let tried = 0;
    for (const [path, bytes] of filesOf(names)) {
      for (let at = 0; at < bytes.length; at += 1) {
        for (const [way, change] of CHANGES.entries()) {
          if (!isWhole && (at + way * 7) % (CHANGES.length * 7) !== 0) continue;
          const changed = change(bytes, at);
          tried += 1;
          if (!(await isNoticed(names, path, changed))) unnoticed.push(`${path}@${at} way ${way}`);
        }
      }
    }
    expect(unnoticed).toEqual([]);
    expect(tried).toBeGreaterThan(isWhole ? 30_000 : 1000);
  });

  it('is changed nowhere without notice: a sample of a large one', async () => {
    const names = await ledgerOf(700);
    expect((await verify(names)).problems).toEqual([]);
    const files = filesOf(names);
    const unnoticed: string[] = [];
    for (const [n, [path, bytes]] of files.entries()) {
      const at = (n * 7919 + 13) % bytes.length;
      const change = CHANGES[n % CHANGES.length];
      if (change === undefined || (await isNoticed(names, path, change(bytes, at)))) continue;
      unnoticed.push(`${path}@${at}`);
    }
    expect(unnoticed).toEqual([]);
    expect(files.length).toBeGreaterThan(20);
  });

  it('in a file of no name that a ledger has is read by nobody', async () => {
    const names = await ledgerOf(1);
    for (const path of [
      `${folder}/README`,
      `${folder}/tile/0/note.tmp`,
      `${folder}/.state/temp/x`,
    ]) {
      expect(names.get(dirname(path))?.kind).toBe('folder');
      const added = new Map(names).set(path, { kind: 'file', data: Uint8Array.of(1) });
      const disk = new SimulatedDisk(added);
      const seen: string[] = [];
      const real = disk.files();
      const files = { ...real, read: async (at: string) => (seen.push(at), await real.read(at)) };
      const verdict = await verifyLedger({ folder }, { ...portsOn(disk), files });
      expect([verdict.ok, seen.includes(path)]).toEqual([true, false]);
    }
  });
});
