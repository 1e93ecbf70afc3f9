import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError, type Digest } from '../core/index.ts';
import { adapterById } from './adapters/registry.ts';
import { openError } from './file-error.ts';
import type { NewInput } from './import-work.ts';
import { loadManifest, type LoadedManifest } from './manifest.ts';
import { Lookalikes } from './lookalikes.ts';
import { chunkMemory } from './read-chunks.ts';
import { type FileScan, scanFile, type ScanOptions } from './scan-file.ts';
import { type FileMark, markOf, openSeen, type SeenInputs, type SeenMark } from './seen-inputs.ts';
import type { StoreContext } from './store-context.ts';
import type { ImportRequest } from './store-types.ts';

/** As many inputs as one import record names. */
const INPUTS_MAX = 32;
/** As many as one manifest names: a folder of sessions is one import. */
const TOGETHER_MAX = 10_000;

/** Reads the manifests of one export, oldest first. */
export async function loadCurrent({ folder, ports }: StoreContext, request: ImportRequest) {
  const loaded = await Promise.all(
    request.current.map(async (digest) => await loadManifest(folder, digest, ports.files)),
  );
  return loaded.filter(({ manifest }) => manifest.export === request.export.id);
}

/** The files that were not imported before, and the last import of those that were. */
export interface FoundInputs {
  readonly fresh: readonly NewInput[];
  /** New files beyond what one import reads. */
  readonly remaining: number;
  readonly last: LoadedManifest | undefined;
  /** Remembers the files' digests, once all are scanned: a file that stands as it did is not read again. */
  readonly remember: () => Promise<void>;
}

/**
 * Leaves out what was imported before, by digest: a second import of the same bytes changes nothing.
 *
 * A file whose size no imported file has is new whatever its digest: its bytes are scanned while the engine reads it.
 */
export async function newInputs(
  { folder, ports }: StoreContext,
  request: ImportRequest,
  current: readonly LoadedManifest[],
): Promise<FoundInputs> {
  const isTogether = adapterById(request.export.adapter)?.readsTogether === true;
  const finder = new Finder(current, {
    of: request.export,
    keys: !isTogether || request.export.keep === 'inputs',
    seen: await openSeen(folder, ports),
    now: ports.clock.ms,
    max: isTogether ? TOGETHER_MAX : INPUTS_MAX,
  });
  for (const path of [...request.files].toSorted()) await finder.add(path);
  return finder.found();
}

interface FinderOptions {
  /** Whether bytes are searched for keys; rows that are read together are looked at anyway. */
  readonly keys: boolean;
  readonly of: ImportRequest['export'];
  readonly seen: SeenInputs;
  readonly now: () => number;
  readonly max: number;
}

class Finder {
  readonly #options: FinderOptions;
  readonly #known = new Map<Digest, LoadedManifest>();
  /** Of imported files. */
  readonly #sizes = new Set<number>();
  /** Among files that are scanned by and by. */
  readonly #lookalikes = new Lookalikes();
  readonly #fresh = new Map<Digest | string, NewInput>();
  readonly #marks = new Map<string, SeenMark>();
  readonly #memory = chunkMemory();
  #last: LoadedManifest | undefined;
  #remaining = 0;
  #scans: Promise<unknown> = Promise.resolve();

  constructor(current: readonly LoadedManifest[], options: FinderOptions) {
    this.#options = options;
    for (const loaded of current) {
      for (const { digest, bytes } of loaded.manifest.inputs) {
        this.#known.set(digest, loaded);
        this.#sizes.add(bytes);
      }
    }
  }

  async add(path: string): Promise<void> {
    const mark = markFile(path, this.#options.now());
    const remembered = this.#options.seen.get(path, mark);
    const imported = remembered && this.#known.get(remembered);
    if (imported !== undefined) {
      this.#last = imported;
      return;
    }
    const twins = lookedAt(path, () => this.#lookalikes.of(path, mark.bytes));
    if (twins.length > 0 || this.#sizes.has(mark.bytes)) await this.#addScanned(path, mark, twins);
    else this.#addUnscanned(path, mark);
  }

  found(): FoundInputs {
    return {
      fresh: [...this.#fresh.values()],
      remaining: this.#remaining,
      last: this.#last,
      remember: async () => {
        await this.#scans;
        await this.#options.seen.save(this.#marks);
      },
    };
  }

  /** It may be another file's copy, so only the digest tells. */
  async #addScanned(
    path: string,
    mark: FileMark,
    twins: readonly Promise<FileScan>[],
  ): Promise<void> {
    const others = await Promise.all(twins);
    const scan = await this.#scan(path);
    this.#marks.set(path, { ...mark, digest: scan.digest });
    const imported = this.#known.get(scan.digest);
    if (imported !== undefined) this.#last = imported;
    else if (
      others.every(({ digest }) => digest !== scan.digest) &&
      !this.#fresh.has(scan.digest) &&
      !this.#isFull()
    )
      this.#fresh.set(scan.digest, { path, ...mark, scan: Promise.resolve(scan) });
  }

  #addUnscanned(path: string, mark: FileMark): void {
    if (this.#isFull()) return;
    // One scan after the other, beside the engine; an error is thrown where the scan is awaited.
    const scan = this.#scans.then(async () => await this.#scan(path));
    this.#scans = scan.then(
      ({ digest }) => this.#marks.set(path, { ...mark, digest }),
      () => undefined,
    );
    this.#lookalikes.add(path, mark.bytes, scan);
    this.#fresh.set(path, { path, ...mark, scan });
  }

  async #scan(path: string): Promise<FileScan> {
    const { of, keys } = this.#options;
    const scan = await scanInput(path, { keys, memory: this.#memory });
    if (of.keep === 'inputs' && scan.hasKeyShape) throw keptKey(of, path);
    return scan;
  }

  #isFull(): boolean {
    const isFull = this.#fresh.size >= this.#options.max;
    if (isFull) this.#remaining += 1;
    return isFull;
  }
}

// A thousand files in a row: to wait for each of them takes ten times as long as to look.
const markFile = (path: string, nowMs: number): FileMark =>
  lookedAt(path, () => markOf(statSync(path, { bigint: true }), nowMs));

function lookedAt<T>(path: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw openError(error, basename(path));
  }
}

async function scanInput(path: string, options: ScanOptions): Promise<FileScan> {
  try {
    return await scanFile(path, options);
  } catch (error) {
    throw openError(error, basename(path));
  }
}

/** A copy of the file is kept whole, with the columns that no row keeps. */
const keptKey = (of: ImportRequest['export'], path: string): AppError =>
  new AppError('leak-blocked', {
    message: `${basename(path)} holds a text shaped like an API key, and an import of ${of.id} keeps a copy of its files; nothing was stored`,
    hint: 'Export it without that column and revoke the key. With `keep: none` no copy is kept, and only columns that rows keep are looked at.',
    file: basename(path),
  });
