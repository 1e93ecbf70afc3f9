import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/index.ts';
import { isSystemError } from './files-node.ts';

/** Says where the parts of a ledger stand (design: evidence.md 2.1). */
export interface LedgerLayout {
  readonly folder: string;
  readonly checkpoint: string;
  readonly checkpoints: string;
  readonly commits: string;
  readonly temps: string;
  readonly keys: string;
  readonly policy: string;
}

/** Gives the places in a ledger's folder. */
export function layoutOf(folder: string): LedgerLayout {
  return {
    folder,
    checkpoint: join(folder, 'checkpoint'),
    checkpoints: join(folder, 'checkpoint.d'),
    commits: join(folder, '.state', 'commit'),
    temps: join(folder, '.state', 'temp'),
    keys: join(folder, 'keys'),
    policy: join(folder, 'policy'),
  };
}

/** Names the file of a commit; generations count from 1. */
export const commitPath = (layout: LedgerLayout, generation: number): string =>
  join(layout.commits, String(generation).padStart(12, '0'));

/**
 * Finds a symbolic link that is or stands in the ledger's folder; `undefined` when there is none.
 *
 * A link could make the ledger write over, or take for evidence, a file of another place (threat L14).
 */
export async function findLink(folder: string): Promise<string | undefined> {
  try {
    if ((await lstat(folder)).isSymbolicLink()) return folder;
    const entries = await readdir(folder, { withFileTypes: true, recursive: true });
    const link = entries.find((entry) => entry.isSymbolicLink());
    return link === undefined ? undefined : join(link.parentPath, link.name);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Says that a ledger cannot be trusted, and why. */
export function corrupt(message: string, file: string): AppError {
  return new AppError('ledger-corrupt', {
    message,
    file,
    hint: 'Run `spendproof ledger verify`, and restore the ledger from a copy that verifies.',
  });
}
