import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHash,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';
import { Tree } from './tree.ts';
import { tilePath } from './tiles.ts';

const VECTORS = '../shared/data/vectors';
const hasVectors = existsSync(VECTORS);

const leaves = Array.from({ length: 600 }, (_, n) => leafHash(Buffer.from(`leaf ${n}`)));

const decode = (text: unknown): Uint8Array =>
  Buffer.from(typeof text === 'string' ? text : '', 'base64');

function probes(folder: string): { name: string; probe: Record<string, unknown> }[] {
  const found: { name: string; probe: Record<string, unknown> }[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.push({ name: path.slice(folder.length), probe: JSON.parse(readFileSync(path, 'utf8')) });
  }
  return found;
}

const proofOf = (probe: Record<string, unknown>): Uint8Array[] =>
  ((probe['proof'] as string[] | null) ?? []).map((hash) => decode(hash));

/** A subtree is one that a tree of any size has: its start is a multiple of its width, rounded up to a power of two. */
const isSubtree = (start: number, end: number): boolean =>
  start < end && start % 2 ** Math.ceil(Math.log2(end - start)) === 0;

describe('the empty tree', () => {
  it('has the digest of nothing as its root', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(Buffer.from(emptyRoot()).toString('hex')).toBe(empty);
    expect(merkleRoot([])).toEqual(emptyRoot());
    expect(new Tree().root()).toEqual(emptyRoot());
  });
});

describe('proofs', () => {
  it('hold for what they were made of, and for nothing else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.nat(), fc.nat(), (size, place, flip) => {
        const tree = leaves.slice(0, size);
        const index = place % size;
        const leaf = tree[index]!;
        const root = merkleRoot(tree);
        const proof = inclusionProof(tree, index);
        const claim = { index, size, leaf, root };
        expect(verifyInclusion(claim, proof)).toBe(true);
        expect(verifyInclusion({ ...claim, index: index + 1 }, proof)).toBe(false);
        expect(verifyInclusion(claim, [...proof, root])).toBe(false);
        expect(verifyInclusion(claim, proof.slice(1))).toBe(proof.length === 0);
        const changed = Buffer.from(root);
        changed[flip % 32]! ^= 1 << (flip % 8);
        expect(verifyInclusion({ ...claim, root: changed }, proof)).toBe(false);
        if (proof.length === 0) return;
        expect(verifyInclusion(claim, proof.with(flip % proof.length, changed))).toBe(false);
      }),
    );
  });

  it('show that a tree only grew', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.nat(), fc.nat(), (newSize, place, flip) => {
        const oldSize = place % (newSize + 1);
        const oldRoot = merkleRoot(leaves.slice(0, oldSize));
        const newRoot = merkleRoot(leaves.slice(0, newSize));
        const proof = consistencyProof(leaves.slice(0, newSize), oldSize);
        const claim = { oldSize, newSize, oldRoot, newRoot };
        expect(verifyConsistency(claim, proof)).toBe(true);
        expect(verifyConsistency(claim, [...proof, newRoot])).toBe(false);
        const changed = Buffer.from(oldRoot);
        changed[flip % 32]! ^= 1 << (flip % 8);
        expect(verifyConsistency({ ...claim, oldRoot: changed }, proof)).toBe(false);
        if (proof.length === 0) return;
        expect(verifyConsistency(claim, proof.slice(1))).toBe(false);
        expect(verifyConsistency(claim, proof.with(flip % proof.length, changed))).toBe(false);
        expect(verifyConsistency({ ...claim, newRoot: changed }, proof)).toBe(false);
      }),
    );
  });

  it('are refused for what is not in the tree', () => {
    expect(() => inclusionProof(leaves, 600)).toThrow(RangeError);
    expect(() => inclusionProof(leaves, -1)).toThrow(RangeError);
    expect(() => consistencyProof(leaves, 601)).toThrow(RangeError);
    const root = merkleRoot(leaves.slice(0, 3));
    const proof = [Buffer.alloc(31)];
    expect(verifyInclusion({ index: 0, size: 2, leaf: root, root }, proof)).toBe(false);
    expect(verifyInclusion({ index: 0, size: 2.5, leaf: root, root }, [])).toBe(false);
    const claim = { oldSize: 2, newSize: 3, oldRoot: root, newRoot: root };
    expect(verifyConsistency(claim, proof)).toBe(false);
    expect(verifyConsistency({ ...claim, oldSize: 4 }, [])).toBe(false);
    expect(verifyConsistency({ ...claim, oldSize: 3 }, [])).toBe(true);
  });
});

describe('a growing tree', () => {
  it('has the same root however it came to its size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 600 }),
        fc.integer({ min: 0, max: 600 }),
        (first, size) => {
          const whole = new Tree();
          for (const leaf of leaves.slice(0, Math.min(first, size))) whole.push(leaf);
          const open = [0, 1, 2].map(
            (level) => whole.partialTiles().find((tile) => tile.level === level)?.hashes ?? [],
          );
          const again = Tree.at(whole.size, open);
          for (const leaf of leaves.slice(again.size, size)) again.push(leaf);
          expect(again.size).toBe(size);
          expect(again.root()).toEqual(merkleRoot(leaves.slice(0, size)));
          expect(again.clone().root()).toEqual(again.root());
        },
      ),
    );
  });

  it('tells of the tiles that it completes, each level with its own index', () => {
    const hash = leafHash(Buffer.from('x'));
    const tree = new Tree();
    const full: string[] = [];
    for (let n = 0; n < 65_536 + 256; n += 1) {
      tree.push(hash, (level, index, hashes) => full.push(`${level}/${index}:${hashes.length}`));
    }
    expect(full).toHaveLength(258);
    expect(full.slice(254)).toEqual(['0/254:256', '0/255:256', '1/0:256', '0/256:256']);
    expect(
      tree.partialTiles().map(({ level, index, hashes }) => [level, index, hashes.length]),
    ).toEqual([
      [1, 1, 1],
      [2, 0, 1],
    ]);
  });
});

describe.skipIf(!hasVectors)('public vectors (skipped without ../shared/data)', () => {
  it('accepts and refuses the inclusion probes as the merkle library does', () => {
    const all = probes(`${VECTORS}/rfc6962-merkle/inclusion`);
    expect(all.length).toBeGreaterThan(50);
    const differing = all.filter(({ probe }) => {
      const claim = {
        index: Number(probe['leafIdx']),
        size: Number(probe['treeSize']),
        leaf: decode(probe['leafHash']),
        root: decode(probe['root']),
      };
      return verifyInclusion(claim, proofOf(probe)) === probe['wantErr'];
    });
    expect(differing.map(({ name }) => name)).toEqual([]);
  });

  it('accepts and refuses the consistency probes as the merkle library does, but for roots that are no hashes', () => {
    const all = probes(`${VECTORS}/rfc6962-merkle/consistency`);
    expect(all.length).toBeGreaterThan(50);
    const differing = all.filter(({ probe }) => {
      const claim = {
        oldSize: Number(probe['size1']),
        newSize: Number(probe['size2']),
        oldRoot: decode(probe['root1']),
        newRoot: decode(probe['root2']),
      };
      return verifyConsistency(claim, proofOf(probe)) === probe['wantErr'];
    });
    // Its roots are the words "don't care", 12 bytes; we take 32 only.
    expect(differing.map(({ name }) => name)).toEqual([
      '/additional/sizes-are-equal-one-and-proof-is-empty.json',
    ]);
  });

  it('accepts and refuses the subtree inclusion probes: a subtree is a tree that begins at its start', () => {
    const all = probes(`${VECTORS}/rfc6962-merkle/subtreeinclusion`);
    expect(all.length).toBe(204);
    const differing = all.filter(({ probe }) => {
      const [start, end] = [Number(probe['start']), Number(probe['end'])];
      const claim = {
        index: Number(probe['leafIdx']) - start,
        size: end - start,
        leaf: decode(probe['leafHash']),
        root: decode(probe['root']),
      };
      return (isSubtree(start, end) && verifyInclusion(claim, proofOf(probe))) === probe['wantErr'];
    });
    expect(differing.map(({ name }) => name)).toEqual([]);
  });

  it('accepts and refuses the subtree consistency probes that begin at 0: those are of whole trees', () => {
    const all = probes(`${VECTORS}/rfc6962-merkle/subtreeconsistency`);
    const whole = all.filter(({ probe }) => Number(probe['start'] ?? 0) === 0);
    expect([all.length, whole.length]).toEqual([118, 102]);
    const differing = whole.filter(({ probe }) => {
      const claim = {
        oldSize: Number(probe['end'] ?? 0),
        newSize: Number(probe['size'] ?? 0),
        oldRoot: decode(probe['root1']),
        newRoot: decode(probe['root2']),
      };
      return verifyConsistency(claim, proofOf(probe)) === probe['wantErr'];
    });
    // Roots that are no hashes, and a tree of no leaves with the root of some: we take neither (docs/ledger.md).
    expect(differing.map(({ name }) => name)).toEqual([
      '/additional/sizes-are-equal-one-and-proof-is-empty.json',
      '/additional/subtree-is-empty-sizes-are-equal-zero-subtree-root-valid-tree-root-random-proof-is-empty.json',
    ]);
  });

  it('gives the roots, proofs and tile paths of Go’s x/mod', () => {
    const vectors = JSON.parse(readFileSync(`${VECTORS}/derived/golang-tlog-vectors.json`, 'utf8'));
    const encode = (hashes: Uint8Array[]) => hashes.map((h) => Buffer.from(h).toString('base64'));
    expect(encode(leaves)).toEqual(vectors.leafHashes);
    for (let size = 1; size <= 600; size += 1) {
      expect(encode([merkleRoot(leaves.slice(0, size))])).toEqual([vectors.roots[size]]);
    }
    for (const { index, size, proof } of vectors.inclusion) {
      expect(encode(inclusionProof(leaves.slice(0, size), index))).toEqual(proof);
    }
    for (const { old, new: size, proof } of vectors.consistency) {
      expect(encode(consistencyProof(leaves.slice(0, size), old))).toEqual(proof);
    }
    for (const { L, N, W, c2spPath } of vectors.tilePaths) expect(tilePath(L, N, W)).toBe(c2spPath);
    expect([
      vectors.inclusion.length,
      vectors.consistency.length,
      vectors.tilePaths.length,
    ]).toEqual([178, 175, 40]);
  });
});
