import { itemAt } from '../core/index.ts';
import { hash } from 'node:crypto';
import { sameBytes } from './strict-decoding.ts';

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

/** One call for the whole input: a tree has as many nodes as leaves, and a hash object for each costs more than the hash. */
const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  hash('sha256', Buffer.concat(parts), 'buffer');

/** Hashes a leaf as RFC 6962 2.1 does: SHA-256(0x00 ‖ data), 32 bytes. */
export const leafHash = (data: Uint8Array): Uint8Array => sha256(LEAF_PREFIX, data);

/** Hashes an inner node as RFC 6962 2.1 does: SHA-256(0x01 ‖ left ‖ right), 32 bytes. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(NODE_PREFIX, left, right);

/** Gives the root of a tree without leaves: SHA-256 of nothing. */
export const emptyRoot = (): Uint8Array => sha256();

/** Gives the root over leaf hashes (or over the roots of equal full subtrees). */
export function merkleRoot(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.length === 0 ? emptyRoot() : rootOfRange(hashes, 0, hashes.length);
}

/**
 * Makes the audit path of RFC 6962 2.1.1, from the leaf's sibling upwards.
 *
 * @param hashes all leaf hashes of the tree; its size is their number.
 * @throws {RangeError} when the index is not in the tree.
 */
export function inclusionProof(hashes: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= hashes.length) {
    throw new RangeError(`Expected an index below ${hashes.length}, got ${index}`);
  }
  const path: Uint8Array[] = [];
  let start = 0;
  let end = hashes.length;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      path.push(rootOfRange(hashes, middle, end));
      end = middle;
    } else {
      path.push(rootOfRange(hashes, start, middle));
      start = middle;
    }
  }
  return path.toReversed();
}

/**
 * Makes the consistency proof of RFC 6962 2.1.2 between the first `oldSize` leaves and all of them.
 *
 * @throws {RangeError} when `oldSize` is more than there are.
 */
export function consistencyProof(hashes: readonly Uint8Array[], oldSize: number): Uint8Array[] {
  if (!Number.isSafeInteger(oldSize) || oldSize < 0 || oldSize > hashes.length) {
    throw new RangeError(`Expected a size up to ${hashes.length}, got ${oldSize}`);
  }
  if (oldSize === 0 || oldSize === hashes.length) return [];
  const path: Uint8Array[] = [];
  let start = 0;
  let end = hashes.length;
  let known = true;
  while (oldSize !== end) {
    const middle = start + splitOf(end - start);
    if (oldSize <= middle) {
      path.push(rootOfRange(hashes, middle, end));
      end = middle;
    } else {
      path.push(rootOfRange(hashes, start, middle));
      start = middle;
      known = false;
    }
  }
  if (!known) path.push(rootOfRange(hashes, start, end));
  return path.toReversed();
}

/** Names what an inclusion proof claims. */
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
}

/** Checks an inclusion proof by RFC 9162 2.1.3.2; a proof of any other length than the exact one is refused. */
export function verifyInclusion(claim: InclusionClaim, proof: readonly Uint8Array[]): boolean {
  if (!isIndexOf(claim.index, claim.size) || !areHashes([claim.leaf, claim.root, ...proof])) {
    return false;
  }
  let position = claim.index;
  let last = claim.size - 1;
  let hash = claim.leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      while (position % 2 === 0 && position !== 0) {
        position = half(position);
        last = half(last);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    position = half(position);
    last = half(last);
  }
  return last === 0 && sameBytes(hash, claim.root);
}

/** Names what a consistency proof claims. */
export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly newSize: number;
  readonly newRoot: Uint8Array;
}

/**
 * Checks a consistency proof by RFC 9162 2.1.4.2.
 *
 * From size 0 an empty proof and the empty root are accepted, as C2SP tlog-witness has it.
 */
export function verifyConsistency(claim: ConsistencyClaim, proof: readonly Uint8Array[]): boolean {
  const { oldSize, newSize, oldRoot, newRoot } = claim;
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize) return false;
  if (!areHashes([oldRoot, newRoot, ...proof])) return false;
  if (oldSize === 0 && !sameBytes(oldRoot, emptyRoot())) return false;
  if (oldSize === newSize) return proof.length === 0 && sameBytes(oldRoot, newRoot);
  if (oldSize === 0) return proof.length === 0;
  const roots = rootsOfConsistency(claim, proof);
  return roots !== undefined && sameBytes(roots.old, oldRoot) && sameBytes(roots.new, newRoot);
}

function rootsOfConsistency(
  claim: ConsistencyClaim,
  proof: readonly Uint8Array[],
): { readonly old: Uint8Array; readonly new: Uint8Array } | undefined {
  let position = claim.oldSize - 1;
  let last = claim.newSize - 1;
  while (position % 2 === 1) {
    position = half(position);
    last = half(last);
  }
  const path = position === 0 ? [claim.oldRoot, ...proof] : proof;
  const [seed, ...rest] = path;
  if (seed === undefined) return undefined;
  let oldHash = seed;
  let newHash = seed;
  for (const sibling of rest) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      oldHash = nodeHash(sibling, oldHash);
      newHash = nodeHash(sibling, newHash);
      while (position % 2 === 0 && position !== 0) {
        position = half(position);
        last = half(last);
      }
    } else {
      newHash = nodeHash(newHash, sibling);
    }
    position = half(position);
    last = half(last);
  }
  return last === 0 ? { old: oldHash, new: newHash } : undefined;
}

function rootOfRange(hashes: readonly Uint8Array[], start: number, end: number): Uint8Array {
  if (end - start === 1) return itemAt(hashes, start);
  const middle = start + splitOf(end - start);
  return nodeHash(rootOfRange(hashes, start, middle), rootOfRange(hashes, middle, end));
}

/** Gives the largest power of two below `size`; sizes pass 2³¹, so no bit operators. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

const half = (value: number): number => Math.floor(value / 2);

const isSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;

const isIndexOf = (index: number, size: number): boolean =>
  isSize(index) && isSize(size) && index < size;

const areHashes = (hashes: readonly Uint8Array[]): boolean =>
  hashes.every((hash) => hash.byteLength === 32);
