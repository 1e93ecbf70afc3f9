import { AppError, type Ports } from '../core/index.ts';
import { appendRecords, type Writer } from './append.ts';
import { rootDigest } from './commit.ts';
import { diskError, removeStaleTemps } from './durable-file.ts';
import { enrolKeys, keyFolder, keyMissing, type LedgerKeys, macOf, raiseMark } from './keys.ts';
import { type KeyRing, ringOf } from './key-ring.ts';
import { commitPath, layoutOf } from './layout.ts';
import type { Ledger } from './ledger.ts';
import { LedgerHead } from './ledger-head.ts';
import {
  makeFolders,
  originOf,
  refuseLinks,
  refuseOlderCopy,
  refuseSecondLedger,
  writeGenesis,
  writingKeys,
} from './ledger-making.ts';
import type { NoteVerifier } from './note.ts';
import { readCheckpoint, readCosigners, readPublicKeys } from './public-files.ts';
import { publish } from './publish.ts';
import { StoredRecords } from './stored-records.ts';

/** What a ledger needs of the world. */
export type LedgerPorts = Pick<Ports, 'files' | 'clock' | 'random'>;

/** Tiles are also derived when this many records wait for them. */
const UNPUBLISHED_MAX = 256;

/** After these, what stands on the disk is not known. */
const BREAKING: ReadonlySet<string> = new Set(['disk-full', 'file-not-writable']);

/** Where a ledger stands and which keys it may use. */
export interface LedgerPlace {
  readonly folder: string;
  /** `$SPENDPROOF_HOME`; without it the ledger is opened to be read only. */
  readonly home?: string;
}

/**
 * Makes a ledger with its keys, its genesis record and the records of its keys; one that stands already is opened.
 *
 * @param place its `origin`, `<domain>/<ledger>`, names the ledger and its log key for ever: up to 64 characters.
 * @throws {AppError} `usage` when another ledger stands there, `ledger-corrupt` when this machine has written a ledger of
 * that origin before and it is not the one in the folder, `file-not-writable`, `disk-full`.
 */
export async function createLedger(
  place: {
    readonly folder: string;
    readonly home: string;
    readonly origin: string;
    readonly operator?: string;
  },
  ports: LedgerPorts,
): Promise<Ledger> {
  const { home, origin } = place;
  const layout = layoutOf(place.folder);
  await refuseLinks(layout);
  const existing = (await ports.files.read(commitPath(layout, 1))) !== undefined;
  if (!existing) {
    const keys = await enrolKeys(place, ports);
    await refuseSecondLedger(origin, keyFolder(home, origin), ports);
    await makeFolders(layout, keys, ports);
    await writeGenesis(layout, { ...place, keys }, ports);
  }
  const ledger = await openLedger({ folder: place.folder, home }, ports);
  if (ledger.origin === origin) return ledger;
  throw new AppError('usage', {
    message: `Expected the ledger ${origin}, found the ledger ${ledger.origin}`,
    file: place.folder,
  });
}

/**
 * Opens a ledger; what an interrupted process has left undone is done first, if the key is here.
 *
 * @throws {AppError} `ledger-missing`, `ledger-corrupt` (also for a copy older than this machine has seen),
 * `file-not-writable`, `disk-full`.
 */
export async function openLedger(place: LedgerPlace, ports: LedgerPorts): Promise<Ledger> {
  const layout = layoutOf(place.folder);
  await refuseLinks(layout);
  if ((await ports.files.read(commitPath(layout, 1))) === undefined) {
    throw new AppError('ledger-missing', {
      message: `Expected a ledger in ${place.folder}, found none`,
      hint: 'Run `spendproof init`.',
    });
  }
  const known = await readPublicKeys(layout, ports.files);
  const published = (await readCheckpoint(layout, known, ports.files))?.size ?? 0;
  const head = new LedgerHead(layout, ports.files);
  await head.load(published);
  const origin = await originOf(head);
  const records = new StoredRecords(head, origin);
  const ring = async (): Promise<KeyRing> => ringOf(await records.select({}));
  const keys = await writingKeys(place.home, origin, { known, ring, ports });
  const open = new OpenLedger({ head, origin, keys, known, records, home: place.home, ports });
  if (keys !== undefined) await open.repair();
  return open.door();
}

/** Joins what an open ledger consists of. */
class OpenLedger {
  readonly #head: LedgerHead;
  readonly #origin: string;
  readonly #keys: LedgerKeys | undefined;
  /** The public keys beside the ledger, for those who wrote its checkpoints before. */
  readonly #known: readonly NoteVerifier[];
  readonly #markFolder: string;
  readonly #ports: LedgerPorts;
  readonly #records: StoredRecords;
  /** The size up to which tiles and checkpoint were last derived. */
  #published = 0;
  /** Set by an error of the disk: what stands there is unknown until the ledger is opened again. */
  #broken: AppError | undefined;

  constructor(parts: {
    readonly head: LedgerHead;
    readonly origin: string;
    readonly keys: LedgerKeys | undefined;
    readonly known: readonly NoteVerifier[];
    readonly records: StoredRecords;
    readonly home: string | undefined;
    readonly ports: LedgerPorts;
  }) {
    this.#head = parts.head;
    this.#origin = parts.origin;
    this.#keys = parts.keys;
    this.#markFolder = keyFolder(parts.home ?? '', parts.origin);
    this.#ports = parts.ports;
    this.#known = parts.known;
    this.#records = parts.records;
  }

  door(): Ledger {
    const { folder } = this.#head.layout;
    return {
      folder,
      origin: this.#origin,
      head: () => ({ size: this.#head.size, root: rootDigest(this.#head.tree.root()) }),
      append: (bodies, options) =>
        this.#guard(async () => {
          const stored = await appendRecords(this.#writer(), bodies, options);
          if (this.#head.size - this.#published >= UNPUBLISHED_MAX) await this.publish();
          return stored;
        }),
      records: async (filter = {}) => {
        await this.#head.catchUp();
        return await this.#records.select(filter);
      },
      latest: async (kind, accepts = () => true) => {
        await this.#head.catchUp();
        return await this.#records.latest(kind, accepts);
      },
      get: async (prefix) => {
        await this.#head.catchUp();
        const found = await this.#records.beginningWith(prefix);
        const [only] = found;
        if (only !== undefined && found.length === 1) return only;
        throw new AppError('record-unknown', {
          message: `Expected the leaf hash of one record or its beginning, got one that fits ${found.length}`,
        });
      },
      cosigners: async (index) => {
        await this.#head.catchUp();
        const ring = ringOf(await this.#records.select({}));
        return await readCosigners(this.#head.layout, { ring, index }, this.#ports.files);
      },
      mac: (value) => macOf(this.#needKeys().salt, value),
      publish: () => this.#guard(() => this.publish()),
      close: () => this.#guard(() => this.publish()),
    };
  }

  /** Derives what is missing, refuses an older copy than this machine has seen, and drops temps of the dead. */
  async repair(): Promise<void> {
    await refuseOlderCopy(this.#head, this.#markFolder, this.#ports);
    try {
      await removeStaleTemps(this.#head.layout.temps, this.#ports);
      await this.publish();
    } catch (error) {
      throw diskError(error, this.#head.layout.folder);
    }
  }

  async publish(): Promise<void> {
    if (this.#keys === undefined) return;
    await this.#head.catchUp();
    const { log } = this.#keys;
    const { layout } = this.#head;
    const standing = await readCheckpoint(
      layout,
      [log.verifier, ...this.#known],
      this.#ports.files,
    );
    const published = standing?.size ?? 0;
    const { size } = this.#head;
    this.#published = Math.max(published, size);
    if (published >= size) return;
    const root = await publish(this.#head, { published, size }, log, this.#ports);
    await raiseMark(this.#markFolder, { size, root }, this.#ports);
  }

  #writer(): Writer {
    return {
      head: this.#head,
      origin: this.#origin,
      runner: this.#needKeys().runner,
      ports: this.#ports,
      all: () => this.#records.select({}),
      has: async (ref) => {
        await this.#head.catchUp();
        return await this.#records.has(ref);
      },
    };
  }

  #needKeys(): LedgerKeys {
    if (this.#keys === undefined) throw keyMissing(this.#origin, this.#markFolder);
    return this.#keys;
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      return await work();
    } catch (error) {
      const known = diskError(error, this.#head.layout.folder);
      if (known instanceof AppError && BREAKING.has(known.code)) this.#broken = known;
      throw known;
    }
  }
}
