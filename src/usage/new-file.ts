import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError, systemCode } from '../core/index.ts';

/**
 * Says before long work what {@link putNew} would say after it.
 *
 * @throws {AppError} `usage` when the file exists, `file-missing` without its folder.
 */
export async function refuseTarget(path: string): Promise<void> {
  if (await isThere(path)) throw existsAlready(path);
  if (await isThere(dirname(path))) return;
  throw new AppError('file-missing', {
    message: `Expected a folder for the file, found no ${dirname(path)}`,
    hint: 'Make the folder first, or name another file.',
  });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw outsideError(error, path);
  }
}

/**
 * Copies a file to a new name, whole or not at all; what another program has put there meanwhile is left alone.
 *
 * @throws {AppError} `usage` when the name is taken, `file-not-writable`, `disk-full`.
 */
export async function putNew(
  from: string,
  to: string,
  makeLink: typeof link = link,
): Promise<void> {
  const beside = `${to}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await copyFile(from, beside, constants.COPYFILE_EXCL);
    try {
      await makeLink(beside, to);
    } catch (error) {
      if (!NO_LINKS.has(systemCode(error) ?? '')) throw error;
      await takeName(beside, to);
    }
  } catch (error) {
    throw outsideError(error, to);
  } finally {
    await rm(beside, { force: true });
  }
}

/** What disks and shares answer that have no second names of a file. */
const NO_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'EACCES',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
]);

/** An empty file takes the name, which only one can, and the rename replaces no other. */
async function takeName(beside: string, to: string): Promise<void> {
  await (await open(to, 'wx')).close();
  try {
    await rename(beside, to);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

function outsideError(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code === 'EEXIST') return existsAlready(path);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError('disk-full', {
      message: `There was no space left for ${path}; it was not written`,
      hint: 'Free some space, or name a file on another disk.',
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR') {
    return new AppError('file-not-writable', {
      message: `${path} cannot be written`,
      hint: 'Name a file in a folder that this user may write to.',
      cause: error,
    });
  }
  return error;
}

function existsAlready(path: string): AppError {
  return new AppError('usage', {
    message: `Expected a new file, got ${path}, which exists already`,
    hint: 'Name another file, or remove that one: nothing is overwritten.',
  });
}
