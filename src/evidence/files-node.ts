import { constants } from 'node:fs';
import { link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { AppError, type Files } from '../core/index.ts';

/**
 * Makes the port that touches the real disk.
 *
 * New files are opened with `O_EXCL` and `O_NOFOLLOW` and synced before they are closed. An error of a sync is thrown
 * and never tried again: after it the kernel may have dropped what was written. Reading follows links.
 */
export function nodeFiles(): Files {
  return {
    read: (path) => readable(path, absentAs(readFile(path), undefined)),
    list: async (folder) =>
      (await readable(folder, absentAs(readdir(folder), []))).toSorted((a, b) => (a < b ? -1 : 1)),
    makeFolder: async (folder, mode) => {
      await mkdir(folder, { recursive: true, ...(mode === undefined ? {} : { mode }) });
    },
    writeNew: async (path, data, mode = 0o644) => {
      const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
      const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), mode);
      try {
        await handle.writeFile(data);
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    link: (from, to) => link(from, to),
    rename: (from, to) => rename(from, to),
    remove: (path) => absentAs(unlink(path), undefined),
    syncFolder: async (folder) => {
      // Windows cannot open a folder to sync it; NTFS journals its names itself.
      if (process.platform === 'win32') return;
      const handle = await open(folder, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}

async function absentAs<T, A>(work: Promise<T>, absent: A): Promise<T | A> {
  try {
    return await work;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return absent;
    throw error;
  }
}

/** Says that a file is there and may not be read: that is no matter of writing. */
export async function readable<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isSystemError(error, 'EACCES') || isSystemError(error, 'EPERM'))
      throw unreadable(path, error);
    throw error;
  }
}

/** Says that the system does not let this user read a file. */
const unreadable = (path: string, cause: unknown): AppError =>
  new AppError('file-not-readable', {
    message: `Expected to be able to read ${path}, it is not permitted to this user`,
    hint: 'Check its owner and mode: a key is for the user that made it alone.',
    cause,
  });

/** Tells whether an error is the named one of the system. */
export const isSystemError = (error: unknown, code: string): boolean =>
  isAnySystemError(error) && error.code === code;

/** Tells whether an error comes from the system: it has a code such as `ENOSPC`. */
export const isAnySystemError = (error: unknown): error is Error & { readonly code: string } =>
  error instanceof Error && 'code' in error && /^E[A-Z0-9]+$/.test(String(error.code));
