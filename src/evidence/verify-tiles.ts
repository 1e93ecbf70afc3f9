import { join } from 'node:path';
import type { Files } from '../core/index.ts';
import type { LedgerLayout } from './layout.ts';
import { sameBytes } from './strict-decoding.ts';
import { encodeBundle, encodeTile, tilePath } from './tiles.ts';
import { hashesAtLevel, type Tree, TILE_WIDTH } from './tree.ts';
import type { Problems } from './ledger-problems.ts';

/** A tile as the commits give it: its bytes, and where each prefix of it ends. */
interface ExpectedTile {
  readonly level: number | 'entries';
  readonly index: number;
  readonly bytes: Uint8Array;
  /** The end of the first n hashes or entries, at place n. */
  readonly ends: readonly number[];
}

/** Compares every tile and bundle, the partial ones too, with what the commits give. */
export class TileCheck {
  readonly #layout: LedgerLayout;
  readonly #files: Files;
  readonly #problems: Problems;
  #entries: Uint8Array[] = [];
  #bundles = 0;
  #waiting: ExpectedTile[] = [];
  /** The newest published size: tiles up to it must stand. */
  published = 0;

  constructor(layout: LedgerLayout, files: Files, problems: Problems) {
    this.#layout = layout;
    this.#files = files;
    this.#problems = problems;
  }

  async entry(entry: Uint8Array): Promise<void> {
    this.#entries.push(entry);
    if (this.#entries.length === TILE_WIDTH) await this.#closeBundle();
  }

  expect(level: number, index: number, hashes: readonly Uint8Array[]): void {
    this.#waiting.push(tileOf(level, index, hashes));
  }

  async flush(): Promise<void> {
    for (const tile of this.#waiting.splice(0)) await this.#compare(tile);
  }

  /** Compares the tiles of the right edge, and looks for tiles beyond it; a commit that came meanwhile explains those. */
  async finish(tree: Tree, isGrowing: () => Promise<boolean>): Promise<void> {
    if (this.#entries.length > 0) await this.#closeBundle();
    for (const { level, index, hashes } of tree.partialTiles()) {
      await this.#compare(tileOf(level, index, hashes));
    }
    const strays = await this.#findStrays(tree.size);
    // Asked after the look, so that a writer who was faster explains what was found.
    if (strays.length === 0 || (await isGrowing())) return;
    for (const name of strays) {
      this.#problems.add('tile', `Expected no tile beyond the tree's size, got ${name}`);
    }
  }

  async #closeBundle(): Promise<void> {
    const ends = [0];
    for (const entry of this.#entries) ends.push((ends.at(-1) ?? 0) + 2 + entry.byteLength);
    const bytes = encodeBundle(this.#entries);
    await this.#compare({ level: 'entries', index: this.#bundles, bytes, ends });
    this.#bundles += 1;
    this.#entries = [];
  }

  async #compare(tile: ExpectedTile): Promise<void> {
    const count = tile.ends.length - 1;
    const published = hashesAtLevel(this.published, tile.level === 'entries' ? 0 : tile.level);
    const needed = Math.min(TILE_WIDTH, Math.max(0, published - tile.index * TILE_WIDTH));
    const full = join(this.#layout.folder, tilePath(tile.level, tile.index, TILE_WIDTH));
    const present = await this.#comparePartials(tile, `${full}.p`);
    const whole = await this.#files.read(full);
    if (whole !== undefined) {
      present.add(TILE_WIDTH);
      // A tile that became full since we counted begins with what we know; `finish` judges whether it may stand.
      const same = count === TILE_WIDTH ? whole : whole.subarray(0, tile.bytes.byteLength);
      if (!sameBytes(same, tile.bytes)) this.#differs(full);
    }
    if (needed > 0 && !present.has(needed) && !present.has(TILE_WIDTH)) {
      const name = tilePath(tile.level, tile.index, needed);
      this.#problems.add('missing', `Expected ${name} of the published size, found none`);
    }
  }

  /** @returns the widths that stand. */
  async #comparePartials(tile: ExpectedTile, folder: string): Promise<Set<number>> {
    const present = new Set<number>();
    for (const name of await this.#files.list(folder)) {
      const width = /^[1-9]\d{0,2}$/.test(name) ? Number(name) : 0;
      if (name.endsWith('.tmp') || width >= tile.ends.length) continue;
      if (width > 0) present.add(width);
      await this.#compareFile(tile, join(folder, name), width);
    }
    return present;
  }

  async #compareFile(tile: ExpectedTile, path: string, width: number): Promise<void> {
    const bytes = await this.#files.read(path);
    // It may be dropped while we look, once the full tile stands.
    if (bytes === undefined) return;
    const expected = tile.bytes.subarray(0, tile.ends[width] ?? 0);
    if (width > 0 && sameBytes(bytes, expected)) return;
    this.#differs(path);
  }

  #differs(path: string): void {
    const name = path.slice(this.#layout.folder.length + 1);
    this.#problems.add('tile', `Expected ${name} to have the bytes that the commits give`);
  }

  /** Finds tiles that no tree of this size has. */
  async #findStrays(size: number): Promise<readonly string[]> {
    const strays: string[] = [];
    for (const level of await this.#files.list(join(this.#layout.folder, 'tile'))) {
      if (level === 'entries') {
        strays.push(...(await this.#straysOf('entries', size)));
      } else if (/^[0-5]$/.test(level)) {
        strays.push(...(await this.#straysOf(Number(level), hashesAtLevel(size, Number(level)))));
      } else {
        strays.push('tile/ with another level');
      }
    }
    return strays;
  }

  async #straysOf(level: number | 'entries', count: number): Promise<readonly string[]> {
    const last = tilePath(level, Math.floor(count / TILE_WIDTH), TILE_WIDTH);
    const next = tilePath(level, Math.floor(count / TILE_WIDTH) + 1, TILE_WIDTH);
    const partials = (await this.#files.list(join(this.#layout.folder, `${last}.p`)))
      .filter((name) => !name.endsWith('.tmp') && !(Number(name) <= count % TILE_WIDTH))
      .map((name) => `${last}.p/${name}`);
    const strays: string[] = [];
    for (const name of [last, next, ...partials]) {
      const bytes = await this.#files.read(join(this.#layout.folder, name));
      if (bytes !== undefined) strays.push(name);
    }
    return strays;
  }
}

function tileOf(level: number, index: number, hashes: readonly Uint8Array[]): ExpectedTile {
  const ends = Array.from({ length: hashes.length + 1 }, (_, place) => place * 32);
  return { level, index, bytes: encodeTile(hashes), ends };
}
