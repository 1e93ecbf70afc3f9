import { z } from 'zod';
import {
  canonicalJson,
  type Digest,
  digestHex,
  digestOf,
  parseDigest,
  sha256,
} from '../core/index.ts';
import { decodeBase64, decodeUtf8, encodeBase64, parseCanonicalJson } from './strict-decoding.ts';
import { ENTRY_BYTES_MAX } from './tiles.ts';

/** What the first commit names as its predecessor. */
export const NO_COMMIT: Digest = sha256('');

/** One step of the ledger: the only mutable truth, created once by a link. */
export interface Commit {
  /** 1 for the first. */
  readonly generation: number;
  /** Digest of the whole file before this one. */
  readonly previous: Digest;
  readonly oldSize: number;
  readonly size: number;
  readonly root: Digest;
  readonly entries: readonly Uint8Array[];
}

const CommitBody = z.strictObject({
  entries: z.array(z.string()).min(1),
  gen: z.int().min(1),
  old: z.int().min(0),
  prev: z.string(),
  root: z.string(),
  size: z.int().min(1),
});

/** Writes a commit: its canonical JSON, a newline, the digest of that, a newline. */
export function encodeCommit(commit: Commit): Uint8Array {
  const body = canonicalJson({
    entries: commit.entries.map((entry) => encodeBase64(entry)),
    gen: commit.generation,
    old: commit.oldSize,
    prev: commit.previous,
    root: commit.root,
    size: commit.size,
  });
  return Buffer.from(`${body}\n${digestHex(sha256(body))}\n`);
}

/** Reads a commit strictly; `undefined` when it is torn or anything else than {@link encodeCommit} writes. */
export function decodeCommit(bytes: Uint8Array): Commit | undefined {
  const [body, hash, end, ...rest] = (decodeUtf8(bytes) ?? '').split('\n');
  if (body === undefined || end !== '' || rest.length > 0) return undefined;
  if (digestHex(sha256(body)) !== hash) return undefined;
  const parsed = CommitBody.safeParse(parseCanonicalJson(body));
  if (!parsed.success) return undefined;
  const { gen, old, prev, root, size } = parsed.data;
  const entries = parsed.data.entries.flatMap((text) => decodeBase64(text) ?? []);
  const previous = parseDigest(prev);
  const head = parseDigest(root);
  if (previous === undefined || head === undefined || old + entries.length !== size) {
    return undefined;
  }
  if (entries.some((entry) => entry.byteLength > ENTRY_BYTES_MAX)) return undefined;
  return { generation: gen, previous, oldSize: old, size, root: head, entries };
}

/** Gives the digest by which the next commit names this file. */
export const commitDigest = (bytes: Uint8Array): Digest => sha256(bytes);

/** Gives a root as commits hold it. */
export const rootDigest = (root: Uint8Array): Digest => digestOf(root);
