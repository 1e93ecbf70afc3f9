import { join } from 'node:path';
import { createWhole, type DiskPorts } from './durable-file.ts';
import type { KeyRing } from './key-ring.ts';
import { keyFolder, type LedgerKeys, readKeys, unreadableKey } from './keys.ts';
import { type NoteSigner, parseSignerKey, signerFromSeed } from './note.ts';
import { decodeLine } from './strict-decoding.ts';

/** The keys that a machine can replace by itself. */
export type RotatedUse = 'log' | 'runner';
const USES: readonly RotatedUse[] = ['log', 'runner'];

type Place = { readonly home: string; readonly origin: string };

/**
 * Makes the key that shall follow the log's or the runner's, durably and before any record names it; one that waits since
 * an interrupted rotation is taken up again.
 */
export async function makeNextKey(
  place: Place,
  use: RotatedUse,
  ports: DiskPorts,
): Promise<NoteSigner> {
  const path = nextPath(place, use);
  const waiting = await readNext(place, use, ports);
  if (waiting !== undefined) return waiting;
  const name = use === 'log' ? place.origin : `${place.origin}/runner`;
  const next = signerFromSeed(name, ports.random.bytes(32));
  await createWhole(path, Buffer.from(`${next.skey}\n`), ports, 0o600);
  await ports.files.syncFolder(keyFolder(place.home, place.origin));
  return next;
}

/** Tells whether a rotation has begun on this machine and not ended. */
export async function hasNextKey(place: Place, ports: Pick<DiskPorts, 'files'>): Promise<boolean> {
  for (const use of USES) {
    if ((await ports.files.read(nextPath(place, use))) !== undefined) return true;
  }
  return false;
}

/** Puts each waiting key that the ledger has enrolled in the place of the one before it; others go on waiting. */
export async function settleNextKeys(
  place: Place,
  ring: KeyRing,
  ports: DiskPorts,
): Promise<LedgerKeys | undefined> {
  const folder = keyFolder(place.home, place.origin);
  for (const use of USES) {
    const next = await readNext(place, use, ports);
    if (next === undefined || !ring.knows(next.verifier.vkey)) continue;
    await ports.files.rename(nextPath(place, use), join(folder, `${use}.key`));
    await ports.files.syncFolder(folder);
  }
  return await readKeys(place, ports);
}

async function readNext(
  place: Place,
  use: RotatedUse,
  ports: Pick<DiskPorts, 'files'>,
): Promise<NoteSigner | undefined> {
  const bytes = await ports.files.read(nextPath(place, use));
  if (bytes === undefined) return undefined;
  const next = parseSignerKey(decodeLine(bytes));
  if (next === undefined) throw unreadableKey(keyFolder(place.home, place.origin));
  return next;
}

const nextPath = ({ home, origin }: Place, use: RotatedUse): string =>
  join(keyFolder(home, origin), `${use}.next`);
