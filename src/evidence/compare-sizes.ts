import { AppError, type Digest, digestOf, type Files } from '../core/index.ts';
import type { Ledger } from './ledger.ts';
import { LedgerHead } from './ledger-head.ts';
import { layoutOf } from './layout.ts';
import { consistencyProof, leafHash, merkleRoot, verifyConsistency } from './merkle.ts';
import { readCheckpoint, readPublicKeys } from './public-files.ts';
import { encodeBase64 } from './strict-decoding.ts';
import type { StoredRecord } from './stored-records.ts';

/** What a ledger gained between two sizes, with the proof that it only grew. */
export interface SizeComparison {
  readonly from: { readonly size: number; readonly root: Digest };
  readonly to: { readonly size: number; readonly root: Digest };
  /** The consistency proof of RFC 6962 2.1.2, each hash in base64. */
  readonly proof: readonly string[];
  /** Records from the first size up to the second. */
  readonly added: readonly StoredRecord[];
}

/**
 * Compares a ledger at two sizes, whichever way round they are given.
 *
 * @throws {AppError} `usage` for a size that it does not have, `ledger-corrupt`.
 */
export async function compareSizes(
  ledger: Ledger,
  sizes: readonly [number, number],
  files: Files,
): Promise<SizeComparison> {
  const layout = layoutOf(ledger.folder);
  const head = new LedgerHead(layout, files);
  const known = await readPublicKeys(layout, files);
  await head.load((await readCheckpoint(layout, known, files))?.size ?? 0);
  const [from, to] = sizes[0] <= sizes[1] ? sizes : [sizes[1], sizes[0]];
  if (![from, to].every((size) => Number.isSafeInteger(size) && size >= 0 && size <= head.size)) {
    throw new AppError('usage', {
      message: `Expected two sizes up to ${head.size}, got ${sizes.join(' and ')}`,
    });
  }
  const hashes: Uint8Array[] = [];
  for await (const leaf of head.leaves(0, to)) hashes.push(leafHash(leaf));
  const proof = consistencyProof(hashes, from);
  const oldRoot = merkleRoot(hashes.slice(0, from));
  const newRoot = merkleRoot(hashes);
  if (!verifyConsistency({ oldSize: from, oldRoot, newSize: to, newRoot }, proof)) {
    throw new AppError('internal', { message: 'Expected the proof that was just made to hold' });
  }
  const records = await ledger.records({ from });
  return {
    from: { size: from, root: digestOf(oldRoot) },
    to: { size: to, root: digestOf(newRoot) },
    proof: proof.map((hash) => encodeBase64(hash)),
    added: records.filter(({ index }) => index < to),
  };
}
