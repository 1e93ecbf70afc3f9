import { join } from 'node:path';
import type { Digest, Files } from '../core/index.ts';
import { type Commit, commitDigest, decodeCommit, NO_COMMIT, rootDigest } from './commit.ts';
import { commitPath, corrupt, type LedgerLayout } from './layout.ts';
import { leafHash } from './merkle.ts';
import { decodeBundle, decodeTile, tilePath } from './tiles.ts';
import { hashesAtLevel, Tree, TILE_WIDTH } from './tree.ts';

/** Reads commits and tiles, and follows the newest commit. One process holds one; it never writes. */
export class LedgerHead {
  readonly layout: LedgerLayout;
  readonly #files: Files;
  #generation = 0;
  #digest: Digest = NO_COMMIT;
  #tree = new Tree();
  /** Leaves from `base` on, as commits held them; what is below stands in bundles. */
  readonly #tail: Uint8Array[] = [];
  #base = 0;

  constructor(layout: LedgerLayout, files: Files) {
    this.layout = layout;
    this.#files = files;
  }

  get generation(): number {
    return this.#generation;
  }
  get digest(): Digest {
    return this.#digest;
  }
  get tree(): Tree {
    return this.#tree;
  }
  get size(): number {
    return this.#tree.size;
  }
  /** The size whose leaves stand in bundles; all beyond it are in memory. */
  get base(): number {
    return this.#base;
  }

  /**
   * Takes up the newest commit: tiles up to the published size, commits beyond it.
   *
   * @throws {AppError} `ledger-corrupt` for a gap, a torn commit, or tiles that are not those of the commits.
   */
  async load(published: number): Promise<void> {
    const last = await this.#lastGeneration();
    let generation = last;
    for (; generation > 0; generation -= 1) {
      const { commit } = await this.#read(generation);
      if (commit.size <= published) {
        if (commit.size !== published) throw this.#notOfCommits(published);
        break;
      }
    }
    if (generation === 0 && published > 0) throw this.#notOfCommits(published);
    this.#base = published;
    this.#tree = Tree.at(published, await this.#openTiles(published));
    this.#generation = generation;
    if (generation > 0) {
      const { bytes, commit } = await this.#read(generation);
      this.#digest = commitDigest(bytes);
      if (rootDigest(this.#tree.root()) !== commit.root) throw this.#notOfCommits(published);
    }
    await this.catchUp();
    if (this.#generation < last) throw this.#notOfCommits(published);
  }

  /** Takes up what other processes have committed since. @throws {AppError} `ledger-corrupt`. */
  async catchUp(): Promise<void> {
    for (;;) {
      const next = this.#generation + 1;
      const path = commitPath(this.layout, next);
      const bytes = await this.#files.read(path);
      if (bytes === undefined) return;
      // While the file was read, another call of this process may have taken it up.
      if (this.#generation + 1 === next) this.take(bytes, path);
    }
  }

  /** Takes up the next commit. @throws {AppError} `ledger-corrupt` when it does not follow. */
  take(bytes: Uint8Array, path: string): void {
    const commit = decodeCommit(bytes);
    if (commit === undefined) throw corrupt('Expected a whole commit, got a torn one', path);
    const follows =
      commit.generation === this.#generation + 1 &&
      commit.previous === this.#digest &&
      commit.oldSize === this.size;
    if (!follows) throw corrupt('Expected a commit that follows the one before it', path);
    const tree = this.#tree.clone();
    for (const entry of commit.entries) tree.push(leafHash(entry));
    if (rootDigest(tree.root()) !== commit.root) {
      throw corrupt('Expected the root that the entries give, got another', path);
    }
    this.#tree = tree;
    this.#tail.push(...commit.entries);
    this.#generation = commit.generation;
    this.#digest = commitDigest(bytes);
  }

  /** Gives the leaves from `start` on, up to `end`, one bundle in memory at a time. */
  async *leaves(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < Math.min(end, this.#base);) {
      const index = Math.floor(at / TILE_WIDTH);
      const bundle = await this.#bundle(index, this.#base);
      const from = index * TILE_WIDTH;
      const upTo = Math.min(end, this.#base, from + TILE_WIDTH);
      yield* bundle.slice(at - from, upTo - from);
      at = upTo;
    }
    yield* this.#tail.slice(Math.max(0, start - this.#base), Math.max(0, end - this.#base));
  }

  /** Gives the edge of the tree at a size that was published. */
  async treeAt(size: number): Promise<Tree> {
    return Tree.at(size, await this.#openTiles(size));
  }

  async #read(
    generation: number,
  ): Promise<{ readonly bytes: Uint8Array; readonly commit: Commit }> {
    const path = commitPath(this.layout, generation);
    const bytes = await this.#files.read(path);
    const commit = bytes === undefined ? undefined : decodeCommit(bytes);
    if (bytes === undefined || commit?.generation !== generation) {
      throw corrupt(`Expected commit ${generation} to be whole, got a torn or missing file`, path);
    }
    return { bytes, commit };
  }

  async #lastGeneration(): Promise<number> {
    const names = await this.#files.list(this.layout.commits);
    for (const [index, name] of names.entries()) {
      if (name === String(index + 1).padStart(12, '0')) continue;
      const path = join(this.layout.commits, name);
      throw corrupt(`Expected commits 1 to ${names.length} without a gap, got another name`, path);
    }
    return names.length;
  }

  async #openTiles(size: number): Promise<Uint8Array[][]> {
    const open: Uint8Array[][] = [];
    for (let level = 0; hashesAtLevel(size, level) > 0; level += 1) {
      const count = hashesAtLevel(size, level);
      const width = count % TILE_WIDTH;
      open.push(width === 0 ? [] : await this.#tile(level, Math.floor(count / TILE_WIDTH), width));
    }
    return open;
  }

  async #tile(level: number, index: number, width: number): Promise<Uint8Array[]> {
    const { path, bytes, full } = await this.#partial(level, index, width);
    const hashes = decodeTile(bytes, full ? TILE_WIDTH : width);
    if (hashes === undefined) throw corrupt(`Expected a tile of ${width} hashes`, path);
    return hashes.slice(0, width);
  }

  async #bundle(index: number, size: number): Promise<Uint8Array[]> {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    const { path, bytes, full } = await this.#partial('entries', index, width);
    const entries = decodeBundle(bytes, full ? TILE_WIDTH : width);
    if (entries === undefined) throw corrupt(`Expected a bundle of ${width} entries`, path);
    return entries.slice(0, width);
  }

  /** A partial tile may be gone once the full one stands (C2SP tlog-tiles, "Partial Tiles"). */
  async #partial(
    level: number | 'entries',
    index: number,
    width: number,
  ): Promise<{ readonly path: string; readonly bytes: Uint8Array; readonly full: boolean }> {
    const path = join(this.layout.folder, tilePath(level, index, width));
    const bytes = await this.#files.read(path);
    if (bytes !== undefined) return { path, bytes, full: width === TILE_WIDTH };
    const whole = await this.#files.read(
      join(this.layout.folder, tilePath(level, index, TILE_WIDTH)),
    );
    if (whole === undefined) throw corrupt('Expected a tile of the published size, got none', path);
    return { path, bytes: whole, full: true };
  }

  #notOfCommits(published: number): Error {
    return corrupt(
      `Expected the published size ${published} and its tiles to be those of the commits`,
      this.layout.commits,
    );
  }
}
