import { join } from 'node:path';
import { AppError } from '../core/index.ts';
import { type Commit, encodeCommit, rootDigest } from './commit.ts';
import { diskError, type DiskPorts, tempPath, writeTemp } from './durable-file.ts';
import { isSystemError } from './files-node.ts';
import { commitPath } from './layout.ts';
import type { AppendOptions } from './ledger.ts';
import type { LedgerHead } from './ledger-head.ts';
import { leafHash } from './merkle.ts';
import type { StoredRecord } from './stored-records.ts';

/** Every lost race means that another process made progress, so this many in a row do not happen by themselves. */
const LOST_MAX = 10_000;

/** What committing needs of an open ledger. */
export interface CommitWriter {
  readonly head: LedgerHead;
  readonly ports: DiskPorts;
  /** All records up to the head, for `unless`. */
  readonly all: () => Promise<readonly StoredRecord[]>;
}

/**
 * Commits leaves, all or none; they are durable when this returns (design: evidence.md 2.3, 1 to 3).
 *
 * @returns the index of the first leaf; `undefined` when `unless` held.
 */
export async function commitLeaves(
  writer: CommitWriter,
  leaves: readonly Uint8Array[],
  unless: AppendOptions['unless'],
): Promise<number | undefined> {
  const { head } = writer;
  for (let lost = 0; lost < LOST_MAX; lost += 1) {
    await head.catchUp();
    const asked = head.generation;
    if (unless !== undefined && (await unless(await writer.all()))) return undefined;
    if (head.generation !== asked) continue;
    const first = head.size;
    const bytes = encodeCommit(nextCommit(head, leaves));
    const path = commitPath(head.layout, asked + 1);
    if (!(await linkCommit(bytes, path, writer))) continue;
    if (head.generation === asked) head.take(bytes, path);
    return first;
  }
  throw new AppError('file-not-writable', {
    message: `Expected to append within ${LOST_MAX} tries, other processes were always faster`,
  });
}

function nextCommit(head: LedgerHead, leaves: readonly Uint8Array[]): Commit {
  const tree = head.tree.clone();
  for (const leaf of leaves) tree.push(leafHash(leaf));
  return {
    generation: head.generation + 1,
    previous: head.digest,
    oldSize: head.size,
    size: tree.size,
    root: rootDigest(tree.root()),
    entries: leaves,
  };
}

/**
 * Makes the commit by link(2), which fails when the name is taken: compare and swap.
 *
 * @returns `false` when another process was first. After an error from the link on, the commit may or may not stand; the
 * caller is told of the error and the next open finds out.
 */
async function linkCommit(bytes: Uint8Array, path: string, writer: CommitWriter): Promise<boolean> {
  const { files } = writer.ports;
  const { layout } = writer.head;
  const temp = tempPath(layout.temps, writer.ports);
  try {
    await writeTemp(files, temp, bytes);
    try {
      await files.link(temp, path);
    } catch (error) {
      await files.remove(temp);
      // A temp can be gone when a process with a clock far ahead took it for a stale one.
      if (isSystemError(error, 'EEXIST') || isSystemError(error, 'ENOENT')) return false;
      throw error;
    }
    await files.remove(temp);
    await files.syncFolder(layout.commits);
  } catch (error) {
    throw diskError(error, join(layout.folder, '.state'));
  }
  return true;
}
