import { emptyRoot, merkleRoot, nodeHash } from './merkle.ts';

/** Hashes in a full tile, and leaves in a full bundle (C2SP tlog-tiles: height 8). */
export const TILE_WIDTH = 256;

/** Told of each tile that has become full. */
export type FullTile = (level: number, index: number, hashes: readonly Uint8Array[]) => void;

/**
 * Grows a Merkle tree from its right edge, in memory that depends on the logarithm of its size only.
 *
 * It keeps the hashes of the unfinished tile of each level, and one root of each full subtree of the edge.
 */
export class Tree {
  #size = 0;
  /** By tile level: the hashes of the tile that is not full yet. */
  readonly #open: Uint8Array[][] = [];
  /** By height: the root of the full subtree that stands there, if one does. */
  readonly #subtrees: (Uint8Array | undefined)[] = [];

  /**
   * Takes up a tree where its tiles left it.
   *
   * @param open by level, the hashes of the partial tile at this size; level L has `⌊size ÷ 256^L⌋ mod 256` of them.
   */
  static at(size: number, open: readonly (readonly Uint8Array[])[]): Tree {
    const tree = new Tree();
    tree.#size = size;
    for (const [level, hashes] of open.entries()) {
      tree.#open[level] = [...hashes];
      let from = 0;
      for (let height = 7; height >= 0; height -= 1) {
        const width = 2 ** height;
        if (Math.floor(hashes.length / width) % 2 === 0) continue;
        tree.#subtrees[level * 8 + height] = merkleRoot(hashes.slice(from, from + width));
        from += width;
      }
    }
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  clone(): Tree {
    const copy = new Tree();
    copy.#size = this.#size;
    copy.#open.push(...this.#open.map((hashes) => [...hashes]));
    copy.#subtrees.push(...this.#subtrees);
    return copy;
  }

  /** Adds a leaf hash; `full` hears of each tile that it completes, lowest level first. */
  push(leaf: Uint8Array, full?: FullTile): void {
    let hash = leaf;
    let height = 0;
    this.#size += 1;
    this.#place(0, hash, full);
    for (;;) {
      const left = this.#subtrees[height];
      if (left === undefined) break;
      this.#subtrees[height] = undefined;
      hash = nodeHash(left, hash);
      height += 1;
      if (height % 8 === 0) this.#place(height / 8, hash, full);
    }
    this.#subtrees[height] = hash;
  }

  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const subtree of this.#subtrees) {
      if (subtree === undefined) continue;
      root = root === undefined ? subtree : nodeHash(subtree, root);
    }
    return root ?? emptyRoot();
  }

  /** Gives the tiles that are begun and not full: level, index in the level, hashes. */
  partialTiles(): readonly {
    readonly level: number;
    readonly index: number;
    readonly hashes: readonly Uint8Array[];
  }[] {
    return this.#open.flatMap((hashes, level) =>
      hashes.length === 0 ? [] : [{ level, index: tileIndex(this.#size, level), hashes }],
    );
  }

  #place(level: number, hash: Uint8Array, full?: FullTile): void {
    const hashes = (this.#open[level] ??= []);
    hashes.push(hash);
    if (hashes.length < TILE_WIDTH) return;
    this.#open[level] = [];
    full?.(level, Math.floor(this.#size / TILE_WIDTH ** (level + 1)) - 1, hashes);
  }
}

/** Counts the complete hashes of a tile level in a tree of this size. */
export const hashesAtLevel = (size: number, level: number): number =>
  Math.floor(size / TILE_WIDTH ** level);

const tileIndex = (size: number, level: number): number =>
  Math.floor(hashesAtLevel(size, level) / TILE_WIDTH);
