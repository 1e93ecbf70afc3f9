import { dirname, join } from 'node:path';
import { AppError, VERSION } from '../core/index.ts';
import { appendRecords } from './append.ts';
import { parseEnvelope } from './dsse.ts';
import { createSame, diskError, type DiskPorts } from './durable-file.ts';
import { type LedgerKeys, readKeys, readMark } from './keys.ts';
import { hasNextKey, settleNextKeys } from './next-keys.ts';
import { corrupt, findLink, type LedgerLayout } from './layout.ts';
import { keyFileName, type KeyRing } from './key-ring.ts';
import { LedgerHead } from './ledger-head.ts';
import { leafHash } from './merkle.ts';
import type { NoteVerifier } from './note.ts';
import { originOfGenesis } from './statement.ts';
import { sameBytes } from './strict-decoding.ts';
import { trustPolicyText } from './trust-policy.ts';

/** The version of the ledger's form; later versions still read this one. */
const FORMAT = 1;

/** The log's key and the runner's. */
const FIRST_KEYS = 2;

/** Refuses a ledger that is, or holds, a symbolic link. @throws {AppError} `ledger-corrupt`. */
export async function refuseLinks(layout: LedgerLayout): Promise<void> {
  const link = await findLink(layout.folder);
  if (link === undefined) return;
  throw corrupt('Expected real folders and files in the ledger, got a symbolic link', link);
}

/** Refuses to begin a second ledger of an origin: one name must never stand for two histories. */
export async function refuseSecondLedger(
  origin: string,
  markFolder: string,
  ports: DiskPorts,
): Promise<void> {
  const mark = await readMark(markFolder, ports);
  if (mark === undefined) return;
  throw new AppError('ledger-corrupt', {
    message: `Expected the ledger ${origin} with its ${mark.size} records, which this machine has written, found none`,
    file: markFolder,
    hint: 'Restore the ledger, or begin a new one under another origin.',
  });
}

/** Makes the folders of a ledger, its public keys and its policy. */
export async function makeFolders(
  layout: LedgerLayout,
  keys: LedgerKeys,
  ports: DiskPorts,
): Promise<void> {
  const { files } = ports;
  try {
    for (const folder of [layout.commits, layout.temps, layout.checkpoints, layout.keys]) {
      await files.makeFolder(folder);
    }
    const { log, runner } = keys;
    const texts: readonly (readonly [string, string])[] = [
      [join(layout.keys, keyFileName(log.verifier, 'log')), `${log.verifier.vkey}\n`],
      [join(layout.keys, keyFileName(runner.verifier, 'runner')), `${runner.verifier.vkey}\n`],
      [layout.policy, trustPolicyText({ logs: [log.verifier.vkey], reviewers: [], quorum: 0 })],
    ];
    for (const [path, text] of texts) {
      if (await createSame(path, Buffer.from(text), ports)) continue;
      throw corrupt('Expected a file of the new ledger, found another one', path);
    }
    const { folder } = layout;
    // The folder above the ledger's may be new as well: its own name stands in the one above that.
    const above = [dirname(folder), dirname(dirname(folder))];
    for (const made of [layout.keys, dirname(layout.commits), folder, ...above]) {
      await files.syncFolder(made);
    }
  } catch (error) {
    throw diskError(error, layout.folder);
  }
}

/** Commits which ledger this is and which keys count; a ledger that another process has begun meanwhile is left alone. */
export async function writeGenesis(
  layout: LedgerLayout,
  maker: { readonly origin: string; readonly operator?: string; readonly keys: LedgerKeys },
  ports: DiskPorts,
): Promise<void> {
  const { keys, origin, operator = 'ledger' } = maker;
  const head = new LedgerHead(layout, ports.files);
  await head.load(0);
  const writer = {
    head,
    origin,
    runner: keys.runner,
    ports,
    all: async () => [],
    has: async () => false,
  };
  await appendRecords(
    writer,
    [
      { kind: 'genesis', origin, format: FORMAT },
      { kind: 'key-event', event: 'enrolled', use: 'log', key: keys.log.verifier.vkey },
      { kind: 'key-event', event: 'enrolled', use: 'runner', key: keys.runner.verifier.vkey },
    ],
    {
      context: { at: ports.clock.now(), operator, plan: null, planFile: null, tool: VERSION },
      registry: { slugs: new Set([operator]), models: new Set(), aliases: new Set([origin]) },
      unless: () => head.size > 0,
    },
  );
}

/** Reads which ledger this is. @throws {AppError} `ledger-corrupt` without a genesis record. */
export async function originOf(head: LedgerHead): Promise<string> {
  for await (const leaf of head.leaves(0, 1)) {
    const payload = parseEnvelope(leaf)?.payload;
    const origin = payload === undefined ? undefined : originOfGenesis(payload);
    if (origin !== undefined) return origin;
  }
  throw corrupt('Expected the first record to be the genesis of a ledger', head.layout.folder);
}

/** Reads the keys that may write: those on this machine which count in the ledger. */
export async function writingKeys(
  home: string | undefined,
  origin: string,
  world: {
    readonly known: readonly NoteVerifier[];
    readonly ring: () => Promise<KeyRing>;
    readonly ports: DiskPorts;
  },
): Promise<LedgerKeys | undefined> {
  if (home === undefined) return undefined;
  const place = { home, origin };
  const keys = await readKeys(place, world.ports);
  if (keys === undefined) return undefined;
  const { known } = world;
  const waiting = await hasNextKey(place, world.ports);
  // A ledger whose keys never changed tells by its two public files; reading all its records would cost more.
  if (!waiting && known.length === FIRST_KEYS) {
    const isKnown = [keys.log, keys.runner].every(({ verifier }) =>
      known.some(({ vkey }) => vkey === verifier.vkey),
    );
    return isKnown ? keys : undefined;
  }
  const ring = await world.ring();
  const settled = waiting ? await settleNextKeys(place, ring, world.ports) : keys;
  if (settled === undefined) return undefined;
  const counts = (['log', 'runner'] as const).every((use) =>
    ring.at(use, Number.MAX_SAFE_INTEGER).some(({ vkey }) => vkey === settled[use].verifier.vkey),
  );
  return counts ? settled : undefined;
}

/** Refuses a copy that lacks what this machine has already seen. @throws {AppError} `ledger-corrupt`. */
export async function refuseOlderCopy(
  head: LedgerHead,
  markFolder: string,
  ports: DiskPorts,
): Promise<void> {
  const mark = await readMark(markFolder, ports);
  if (mark === undefined) return;
  // Another process may have appended and raised the mark since this head was loaded.
  await head.catchUp();
  if (mark.size > head.size) {
    throw corrupt(
      `Expected at least the ${mark.size} records that this machine has seen, got an older copy with ${head.size}`,
      head.layout.folder,
    );
  }
  const tree = await head.treeAt(Math.min(mark.size, head.base));
  for await (const leaf of head.leaves(tree.size, mark.size)) tree.push(leafHash(leaf));
  if (sameBytes(tree.root(), mark.root)) return;
  throw corrupt(
    `Expected the ${mark.size} records that this machine has seen, got another history`,
    head.layout.folder,
  );
}
